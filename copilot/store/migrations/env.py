"""Runs the migrations on the connection that `open_database` hands over, inside its transaction."""

from alembic import context

from copilot.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a column by copying the table
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
