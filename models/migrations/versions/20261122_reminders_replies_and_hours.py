"""reminders, replies and hours."""

import sqlalchemy as sa
from alembic import op


revision = "c4339884921f"
down_revision = "f24985b9f99f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_gate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("tokens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("sent_on_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_gate")),
        sa.UniqueConstraint("account", name=op.f("uq_delivery_gate_account")),
    )
    op.create_table(
        "mailbox_cursor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("uid_validity", sa.Integer(), nullable=False),
        sa.Column("last_uid", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_cursor")),
        sa.UniqueConstraint("mailbox", name=op.f("uq_mailbox_cursor_mailbox")),
    )
    op.create_table(
        "caldav_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_caldav_target_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caldav_target")),
    )
    with op.batch_alter_table("caldav_target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_caldav_target_person_id"), ["person_id"], unique=False)

    op.create_table(
        "installation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["released_by"], ["person.id"], name=op.f("fk_installation_released_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "lesson_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_lesson_hours_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_hours")),
        sa.UniqueConstraint("school_id", "weekday", name=op.f("uq_lesson_hours_school_id_weekday")),
    )
    with op.batch_alter_table("lesson_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_hours_school_id"), ["school_id"], unique=False)

    op.create_table(
        "mail_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_alias_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_alias")),
        sa.UniqueConstraint("email", name=op.f("uq_mail_alias_email")),
    )
    with op.batch_alter_table("mail_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_alias_person_id"), ["person_id"], unique=False)

    op.create_table(
        "reminder_bounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.Time(), nullable=False),
        sa.Column("latest_hour", sa.Time(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_until", sa.Time(), nullable=False),
        sa.Column("most_pause_days", sa.Integer(), nullable=False),
        sa.Column("hand_wait_hours", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_reminder_bounds_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_bounds")),
        sa.UniqueConstraint("school_id", name=op.f("uq_reminder_bounds_school_id")),
    )
    op.create_table(
        "reminder_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.Time(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("paused_from", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_wish_person_id_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_reminder_wish_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_wish")),
        sa.UniqueConstraint("school_id", "person_id", name=op.f("uq_reminder_wish_school_id_person_id")),
    )
    with op.batch_alter_table("reminder_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_wish_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_wish_school_id"), ["school_id"], unique=False)

    op.create_table(
        "room",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_room_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_room_school_id_name")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_school_id"), ["school_id"], unique=False)

    op.create_table(
        "slot_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["person.id"], name=op.f("fk_slot_proposal_applied_by_person")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_slot_proposal_made_by_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_slot_proposal_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_proposal")),
    )
    with op.batch_alter_table("slot_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_proposal_school_id"), ["school_id"], unique=False)

    op.create_table(
        "channel_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_channel_choice_channel_id_channel")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_channel_choice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_choice")),
        sa.UniqueConstraint("channel_id", "person_id", name=op.f("uq_channel_choice_channel_id_person_id")),
    )
    with op.batch_alter_table("channel_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_choice_person_id"), ["person_id"], unique=False)

    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("attendee_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("secret_body", sa.String(), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_inbound_mail_attendee_id_attendee")
        ),
        sa.ForeignKeyConstraint(
            ["handled_by"], ["person.id"], name=op.f("fk_inbound_mail_handled_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_inbound_mail_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_inbound_mail_message_id_message")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_inbound_mail_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_inbound_mail_fingerprint")),
    )
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_mail_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_mail_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_inbound_mail_state", ["state", "received_at"], unique=False)

    op.create_table(
        "counter_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("attendee_id", sa.Uuid(), nullable=False),
        sa.Column("inbound_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_counter_proposal_attendee_id_attendee")
        ),
        sa.ForeignKeyConstraint(
            ["handled_by"], ["person.id"], name=op.f("fk_counter_proposal_handled_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound_mail.id"], name=op.f("fk_counter_proposal_inbound_id_inbound_mail")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_counter_proposal_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_proposal")),
    )
    with op.batch_alter_table("counter_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counter_proposal_meeting_id"), ["meeting_id"], unique=False)

    with op.batch_alter_table("attendee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("name", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answered_via", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("reply_sequence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reply_stamp", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("delegated_to", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("comment", sa.String(), nullable=True))
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=True)

    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(24), nullable=False, server_default="apprise"))
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=True)

    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.add_column(sa.Column("school_id", sa.Uuid(), nullable=True))
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_index(batch_op.f("ix_feed_school_id"), ["school_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_feed_school_id_school"), "school", ["school_id"], ["id"])

    with op.batch_alter_table("feed_bytes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("school_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("packed", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_unique_constraint(batch_op.f("uq_feed_bytes_school_id"), ["school_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_feed_bytes_school_id_school"), "school", ["school_id"], ["id"]
        )

    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_ledger_entry_message_id"), ["message_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_ledger_entry_by_id_person"), "person", ["by_id"], ["id"])

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("wishes", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("copy_of", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("to_name", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("uncertain", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_index(
            "ix_message_channel",
            ["channel_id"],
            unique=False,
            sqlite_where=sa.text("channel_id is not null"),
            postgresql_where=sa.text("channel_id is not null"),
        )
        batch_op.create_index(batch_op.f("ix_message_copy_of"), ["copy_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_message_id"), ["message_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_message_copy_of_message"), "message", ["copy_of"], ["id"])

    op.execute("update message set due_at = made_at")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_index(
            "ix_message_sent",
            ["sent_at"],
            unique=False,
            sqlite_where=sa.text("sent_at is not null"),
            postgresql_where=sa.text("sent_at is not null"),
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail_refused_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index("ix_case_event_at", ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.drop_index("ix_case_event_at")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("mail_refused_at")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_message_copy_of_message"), type_="foreignkey")
        batch_op.drop_index("ix_message_sent")
        batch_op.drop_index(batch_op.f("ix_message_message_id"))
        batch_op.drop_index(batch_op.f("ix_message_copy_of"))
        batch_op.drop_index("ix_message_channel")
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("bounced_at")
        batch_op.drop_column("uncertain")
        batch_op.drop_column("due_at")
        batch_op.drop_column("to_name")
        batch_op.drop_column("copy_of")

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("wishes")
        batch_op.drop_column("locked")

    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ledger_entry_by_id_person"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_ledger_entry_message_id"))
        batch_op.drop_column("by_id")

    with op.batch_alter_table("feed_bytes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_feed_bytes_school_id_school"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_feed_bytes_school_id"), type_="unique")
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("packed")
        batch_op.drop_column("school_id")

    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_feed_school_id_school"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_feed_school_id"))
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("school_id")

    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("kind")

    with op.batch_alter_table("attendee", schema=None) as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("comment")
        batch_op.drop_column("delegated_to")
        batch_op.drop_column("reply_stamp")
        batch_op.drop_column("reply_sequence")
        batch_op.drop_column("answered_via")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("by_hand")
        batch_op.drop_column("name")
        batch_op.drop_column("email")

    with op.batch_alter_table("counter_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counter_proposal_meeting_id"))

    op.drop_table("counter_proposal")
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_mail_state")
        batch_op.drop_index(batch_op.f("ix_inbound_mail_school_id"))
        batch_op.drop_index(batch_op.f("ix_inbound_mail_meeting_id"))

    op.drop_table("inbound_mail")
    with op.batch_alter_table("channel_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_channel_choice_person_id"))

    op.drop_table("channel_choice")
    with op.batch_alter_table("slot_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_proposal_school_id"))

    op.drop_table("slot_proposal")
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_school_id"))

    op.drop_table("room")
    with op.batch_alter_table("reminder_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_wish_school_id"))
        batch_op.drop_index(batch_op.f("ix_reminder_wish_person_id"))

    op.drop_table("reminder_wish")
    op.drop_table("reminder_bounds")
    with op.batch_alter_table("mail_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_alias_person_id"))

    op.drop_table("mail_alias")
    with op.batch_alter_table("lesson_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_hours_school_id"))

    op.drop_table("lesson_hours")
    op.drop_table("installation")
    with op.batch_alter_table("caldav_target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_caldav_target_person_id"))

    op.drop_table("caldav_target")
    op.drop_table("mailbox_cursor")
    op.drop_table("delivery_gate")
