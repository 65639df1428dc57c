"""Django settings. Everything a site may change comes from the environment; docs/reference/settings.md lists it."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TENGLONG_DATA", "var")).absolute()
DATA.mkdir(parents=True, exist_ok=True)
DEBUG = os.environ.get("TENGLONG_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("TENGLONG_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("TENGLONG_ORIGINS", "").split(",") if origin]


def _secret_key() -> str:
    """The key from the environment, or one made on the first start and kept beside the data."""
    if key := os.environ.get("TENGLONG_SECRET_KEY"):
        return key
    kept = DATA / "secret_key"
    if not kept.exists():
        kept.write_text(get_random_secret_key(), encoding="ascii")
        kept.chmod(0o600)
    return kept.read_text(encoding="ascii")


def _minutes(given: str) -> int:
    """How long a session may stay unused.

    Raises:
        ImproperlyConfigured: it is no whole number of at least two minutes: a use is noted once a minute.
    """
    if not given.isascii() or not given.isdigit() or int(given) < 2:
        raise ImproperlyConfigured(
            f"TENGLONG_IDLE_MINUTES 应为不小于 2 的整数（分钟），现为“{given}”，请改正。"
        )
    return int(given)


def _issuer(given: str) -> str:
    """The provider of single sign-on.

    Raises:
        ImproperlyConfigured: who listens on the way could change what it says.
    """
    parts = urlsplit(given)
    if given and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ImproperlyConfigured(f"TENGLONG_OIDC_ISSUER 应以 https:// 开头，现为“{given}”，请改正。")
    return given


def _database() -> dict[str, object]:
    """PostgreSQL by DATABASE_URL (postgresql://user:password@host:port/name?option=value), else SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "tenglong.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-65536;"
                "PRAGMA foreign_keys=ON;PRAGMA mmap_size=268435456;",
            },
            "CONN_MAX_AGE": 60,
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # The fold sorts a whole roster's entries: in memory, not on disk. DATABASE_URL may say otherwise.
        "OPTIONS": {"options": "-c work_mem=64MB"} | dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 60,
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": _database()}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "tenglong.store",
    "tenglong.web",
]
MIDDLEWARE = [
    "tenglong.config.requests.Numbered",
    "tenglong.config.health.Health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenglong.web.middleware.Use",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tenglong.web.middleware.ContentSecurityPolicy",
    "tenglong.web.middleware.Sentences",
    "tenglong.config.once.Once",
]
ROOT_URLCONF = "tenglong.config.urls"
WSGI_APPLICATION = "tenglong.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates", *sorted((PACKAGE / "web").glob("*/templates"))],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "tenglong.web.menu.surroundings",
            ],
            "builtins": ["tenglong.web.templatetags.links"],
            "libraries": {
                "casework": "tenglong.web.campaign.tags",
                "intake": "tenglong.web.intake.tags",
                "evaluation": "tenglong.web.evaluation.tags",
                "jobs": "tenglong.web.jobs.tags",
                "places": "tenglong.web.registry.tags",
                "roadmaps": "tenglong.web.roadmap.tags",
            },
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 3000},  # answers of a few kilobytes, for a few hundred people
    },
    "lasting": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA / "answers",  # thrown away at will
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}
AUTH_USER_MODEL = "store.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
CSRF_FAILURE_VIEW = "tenglong.web.problems.expired"
DEMO = os.environ.get("TENGLONG_DEMO") == "1"
DEMO_PASSWORD = "Tenglong-2021"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
_collected = (
    PACKAGE / "web" / "collected"
)  # made by `make setup`: compressed, named by content, part of the program
COLLECTED = "collectstatic" in sys.argv or ((_collected / "staticfiles.json").exists() and not DEBUG)
STATIC_ROOT = _collected if COLLECTED else None
WHITENOISE_USE_FINDERS = not COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_STORE = DATA / "files"
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
UPLOAD_LIMIT_BYTES = 100 * 1024 * 1024

HTTPS = os.environ.get("TENGLONG_HTTPS") == "1"  # behind a proxy that ends TLS and sets X-Forwarded-Proto
PROXY = os.environ.get("TENGLONG_PROXY", "127.0.0.1")  # whose word on address and scheme counts
PROBES = os.environ.get("TENGLONG_PROBES", "127.0.0.1,::1").split(",")  # who may ask /readyz
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SESSION_ENGINE = "tenglong.store.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # signed in for so long at most
IDLE_MINUTES = _minutes(os.environ.get("TENGLONG_IDLE_MINUTES", "30"))
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Single sign-on by OpenID Connect: without an issuer there is none.
OIDC: dict[str, Any] = {
    "issuer": _issuer(os.environ.get("TENGLONG_OIDC_ISSUER", "")),
    "client_id": os.environ.get("TENGLONG_OIDC_CLIENT_ID", ""),
    "client_secret": os.environ.get("TENGLONG_OIDC_CLIENT_SECRET", ""),
    "name": os.environ.get("TENGLONG_OIDC_NAME", "单点登录"),
    "claim": os.environ.get("TENGLONG_OIDC_CLAIM", "sub"),
    "second_step": tuple(os.environ.get("TENGLONG_OIDC_SECOND_STEP", "").split(",")),
    "only": os.environ.get("TENGLONG_OIDC_ONLY") == "1",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "tenglong.config.requests.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "tenglong.access": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # what a person did wrong stands in the line of the access
    },
}
