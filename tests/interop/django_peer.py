# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""A Django site with REST framework and simplejwt, all settings theirs but for the signing key: the
secret in its environment. Its user alice has the number 1. It prints its URL when it listens."""

import os
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES":
            ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]},
    ROOT_URLCONF=__name__,
    SECRET_KEY="nobody's business",
    SIMPLE_JWT={"SIGNING_KEY": os.environ["JWT_SECRET"]},
    USE_TZ=True)
django.setup()

# pylint: disable=wrong-import-position  # they read the settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView


class Whoami(APIView):
    def get(self, request):
        return Response({"user": request.user.username, "claims": request.auth.payload})


class Handler(WSGIRequestHandler):
    def log_message(self, *args):  # pylint: disable=arguments-differ
        pass


urlpatterns = [path("whoami", Whoami.as_view()), path("api/token/", TokenObtainPairView.as_view()),
               path("api/token/refresh/", TokenRefreshView.as_view())]
call_command("migrate", verbosity=0)
User.objects.create_user("alice", password="correct horse")
server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
