"""The addresses of the helpdesk under test: not at the root, as many shops have it."""

from django.urls import include, path

urlpatterns = [path("desk/", include("helpdesk.urls", namespace="helpdesk"))]
