"""rules, trials and re-plans.

A week without a weekday means the whole week from here on; what was published before meant its Monday.
"""

import sqlalchemy as sa
from alembic import op


revision = "f24985b9f99f"
down_revision = "f92f273f9a52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "layer_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("layer", sa.String(24), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("school_year", sa.String(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_layer_rule_changed_by_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_layer_rule_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_rule")),
    )
    with op.batch_alter_table("layer_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_layer_rule_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_layer_rule_task", ["layer", "scope", "procedure", "task"], unique=False)

    op.create_table(
        "own_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_own_item_changed_by_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_own_item_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_item")),
        sa.UniqueConstraint("school_id", "key", name=op.f("uq_own_item_school_id_key")),
    )
    with op.batch_alter_table("own_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_own_item_school_id"), ["school_id"], unique=False)

    op.create_table(
        "plan_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_plan_import_made_by_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_plan_import_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_import")),
    )
    with op.batch_alter_table("plan_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_import_school_id"), ["school_id"], unique=False)

    op.create_table(
        "replan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moves", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_replan_made_by_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_replan_school_id_school")),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_replan_undone_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replan")),
    )
    with op.batch_alter_table("replan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replan_school_id"), ["school_id"], unique=False)

    op.create_table(
        "trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_trial_made_by_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_trial_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_school_id"), ["school_id"], unique=False)

    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.add_column(sa.Column("board", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("partnership", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("year", schema=None) as batch_op:
        batch_op.add_column(sa.Column("without", sa.JSON(), nullable=False, server_default="[]"))

    _say_monday()


def downgrade() -> None:
    with op.batch_alter_table("year", schema=None) as batch_op:
        batch_op.drop_column("without")

    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_column("partnership")
        batch_op.drop_column("board")

    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trial_school_id"))

    op.drop_table("trial")
    with op.batch_alter_table("replan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replan_school_id"))

    op.drop_table("replan")
    with op.batch_alter_table("plan_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_import_school_id"))

    op.drop_table("plan_import")
    with op.batch_alter_table("own_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_own_item_school_id"))

    op.drop_table("own_item")
    with op.batch_alter_table("layer_rule", schema=None) as batch_op:
        batch_op.drop_index("ix_layer_rule_task")
        batch_op.drop_index(batch_op.f("ix_layer_rule_school_id"))

    op.drop_table("layer_rule")


def _say_monday() -> None:
    """Write out the Monday that older versions left out."""
    versions = sa.table("procedure_version", sa.column("id", sa.Uuid()), sa.column("definition", sa.JSON()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(versions)).all():
        said = _with_monday(row.definition)
        if said != row.definition:
            change = sa.update(versions).where(versions.c.id == row.id).values(definition=said)
            connection.execute(change)


def _with_monday(part):
    if isinstance(part, list):
        return [_with_monday(one) for one in part]
    if not isinstance(part, dict):
        return part
    inside = {key: _with_monday(value) for key, value in part.items()}
    return {"weekday": "maandag", **inside} if part.get("rule") in {"week", "school-week"} else inside
