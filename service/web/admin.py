"""The doors of the keepers' pages, the planner, and what is one's own; together."""

from service.web import (
    channels_admin,
    closures_admin,
    demo_mail,
    flows_admin,
    mine,
    planner,
    replan,
    rules_admin,
    school_admin,
    staff_admin,
    staff_changes,
    trial,
    wizard,
    yearplan,
    yearplan_answers,
    yearplan_import,
)

ROUTERS = (
    planner.router,
    mine.router,
    flows_admin.router,
    school_admin.router,
    closures_admin.router,
    staff_admin.router,
    staff_changes.router,
    replan.router,
    rules_admin.router,
    channels_admin.router,
    demo_mail.router,
    trial.router,
    wizard.router,
    yearplan_import.router,
    yearplan_answers.router,
    yearplan.router,
)
