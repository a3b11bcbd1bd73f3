"""django-helpdesk as a shop would run it: own database in a folder, one agent, a few tickets. Prints its port.

Run as `python -m tests.browser.djangodesk.serve FOLDER`. It ends when its standard input does, so that it cannot
outlive the tests.
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from werkzeug.serving import WSGIRequestHandler, make_server

FOLDER = Path(sys.argv[1])


def configure() -> None:
    settings.configure(
        DEBUG=True,
        SECRET_KEY="only for tests",
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        ROOT_URLCONF="tests.browser.djangodesk.urls",
        USE_TZ=True,
        TIME_ZONE="UTC",
        LANGUAGE_CODE="en",  # or what the cookie `django_language` says
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "desk.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        SITE_ID=1,
        STATIC_URL="/static/",
        MEDIA_ROOT=FOLDER,
        LOGIN_URL="/desk/login/",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        HELPDESK_TEAMS_MODEL="auth.User",  # teams would need another package
        HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[],
        HELPDESK_KBITEM_TEAM_GETTER=lambda _: None,
        HELPDESK_DEFAULT_SETTINGS={"use_email_as_submitter": True},
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django.contrib.sites",
            "django.contrib.humanize",
            "rest_framework",
            "helpdesk",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.debug",
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )
    django.setup()


def fill() -> None:
    """One agent; a long ticket with every kind of follow-up; a short one."""
    from django.contrib.auth import get_user_model
    from helpdesk.models import FollowUp, Queue, Ticket, TicketCC

    agent = get_user_model().objects.create_superuser("maria", "maria@shop.example", "secret", first_name="Maria")
    queue = Queue.objects.create(
        title="Support", slug="support", allow_public_submission=True, enable_notifications_on_email_events=True
    )
    ticket = Ticket.objects.create(
        title="Cream is not <b>hydrating</b> enough",
        queue=queue,
        submitter_email="ana@example.com",
        description="Hello,\n\nthe cream from **#1001** is too light for me.\n\n"
        "> On Monday you wrote:\n> it is on its way",
        assigned_to=agent,
    )
    TicketCC.objects.create(ticket=ticket, email="friend@example.com", can_view=True)

    def follow(minute: int, title: str, comment: str, **more: object) -> None:
        moment = datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        FollowUp.objects.create(ticket=ticket, title=title, comment=comment, date=moment, **more)

    follow(0, "Ticket Opened", ticket.description, public=True, user=agent)
    follow(5, "Comment", "Which one do you use at night?", public=True, user=agent)
    follow(10, "Comment", "She returned one in May already.", public=False, user=agent)
    mails = {"ana@example.com": "None so far.\n\nAna", "friend@example.com": "She should get a refund."}
    for minute, (sender, text) in enumerate(mails.items(), start=15):
        follow(minute, f"E-Mail Received from {sender}", text, public=True, message_id=f"<{minute}@example.com>")
    follow(22, "Comment", "One more thing, from your web page.", public=True)  # nobody is signed in there
    follow(25, "Assigned to maria", "", public=False, user=agent)
    Ticket.objects.create(
        title="Where is my parcel?", queue=queue, submitter_email="bo@example.com", description="It is late."
    )


class Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""


def main() -> None:
    configure()
    call_command("migrate", verbosity=0)
    fill()
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    server = make_server(
        "127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), threaded=True, request_handler=Quiet
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
