"""Settings in sections. The environment is read once, here at the top; defaults are safe for production."""

import os
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pghistory
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue

from innovation.core import logs
from innovation.dress import UNFOLD  # noqa: F401 - the admin reads it here
from innovation.openapi import SPECTACULAR_SETTINGS  # noqa: F401 - the documents of the API read it here
from innovation.schedule import CELERY_BEAT_SCHEDULE  # noqa: F401 - Celery reads it here

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]  # stamped on every report

# ── Environment ──────────────────────────────────────────────────────────────────────────────────
env = os.environ.get
MODE = env("INNOVATION_MODE", "production")  # production, demo or test
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("INNOVATION_MODE is production, demo or test")
ROLE = env("INNOVATION_ROLE", "command")  # web, worker or command; wsgi.py and celery.py name themselves
IS_LOCAL = MODE in {"demo", "test"}
# Without a real server these point nowhere, so that commands which need none (check, makemigrations) still run.
DATABASE_URL = env("DATABASE_URL", "postgresql://app@127.0.0.1:1/app")
REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:1/0")
SECRET_KEY = env("SECRET_KEY") or ("local-only-" + "x" * 50 if IS_LOCAL else "")
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
DEBUG = env("DEBUG", "") == "1"
VAR_DIR = Path(env("INNOVATION_VAR", str(BASE_DIR / "var")))
TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", "0"))
MFA_REQUIRED_FOR_STAFF = env("MFA_REQUIRED_FOR_STAFF", "0" if IS_LOCAL else "1") == "1"
HTTPS = SITE_URL.startswith("https://")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text, or INNOVATION_MODE=demo for a trial")
ALLOWED_HOSTS = [host for host in env("ALLOWED_HOSTS", "").split(",") if host] or [urlsplit(SITE_URL).hostname]
ALLOWED_HOSTS += ["127.0.0.1", "localhost"]  # whoever watches this machine asks for /livez here
if IS_LOCAL:
    ALLOWED_HOSTS += ["testserver"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# ── Applications ─────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the site is ours, below
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.import_export",
    "innovation.core.admin_site.OfficeAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "csp",
    "innovation.core",
    "innovation.accounts",
    "innovation.organisations",
    "innovation.calls",
    "innovation.reports",
    "funds",
    "talent",
    "patents",
]
MIDDLEWARE = [
    "innovation.core.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "innovation.core.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "innovation.accounts.middleware.PersonLanguage",
    "innovation.core.middleware.SizeLimit",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "innovation.accounts.middleware.SessionLimits",
    "innovation.accounts.middleware.MfaGate",
]
ROOT_URLCONF = "innovation.urls"
WSGI_APPLICATION = "innovation.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "innovation.core.rendering.FormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "innovation.core.navigation.context",
                "innovation.core.display.context",
            ],
        },
    }
]

# ── Database, cache, sessions ────────────────────────────────────────────────────────────────────
_database = urlsplit(DATABASE_URL)
# What the database ends by itself: a page must not wait, a job may work longer, a command (migrate) takes its time.
_TIMEOUTS = {
    "statement_timeout": env("STATEMENT_TIMEOUT", {"web": "15s", "worker": "300s"}.get(ROLE, "0")),
    "lock_timeout": env("LOCK_TIMEOUT", {"web": "3s", "worker": "30s"}.get(ROLE, "0")),
    "idle_in_transaction_session_timeout": env("IDLE_TIMEOUT", {"web": "30s", "worker": "600s"}.get(ROLE, "0")),
}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(_database.path.lstrip("/")),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": unquote(_database.hostname or ""),
        "PORT": str(_database.port or 5432),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"innovation {ROLE}",
            "options": " ".join(f"-c {name}={value}" for name, value in _TIMEOUTS.items()),
        },
    }
}
if env("DATABASE_POOL") == "1":
    # The web server's threads share a pool; workers and commands keep one short-lived connection each.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "innovation",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_SECONDS = int(env("SESSION_IDLE_SECONDS", str(30 * 60)))
SESSION_COOKIE_AGE = int(env("SESSION_ABSOLUTE_SECONDS", str(12 * 3600)))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "innovation_session"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"

# ── People and log-in ────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "innovation.accounts.passwords.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "innovation.accounts.passwords.NotCommon"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_ADAPTER = "innovation.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code, not a link: mail scanners follow links, and with a code an address can be changed while MFA is on.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    name: f"innovation.accounts.forms.{form}"
    for name, form in {
        "login": "LoginForm",
        "signup": "SignupForm",
        "add_email": "ChangeEmailForm",
        "confirm_email_verification_code": "ConfirmEmailForm",
        "change_password": "ChangePasswordForm",
        "set_password": "SetPasswordForm",
        "reset_password": "ResetPasswordForm",
        "reset_password_from_key": "NewPasswordForm",
        "reauthenticate": "ReauthenticateForm",
    }.items()
}
# The narrow key stands first: tries that it refuses then cost the other people behind the same address nothing.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key,100/5m/ip",
    "login_failed_anywhere": "30/15m/key",
    "signup": "60/h/ip",
    "reset_password": "5/15m/key,60/15m/ip",
    "reset_password_from_key": "60/m/ip",
}
MFA_ADAPTER = "innovation.accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "100/m/ip"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOCAL
MFA_FORMS = {
    name: f"innovation.accounts.forms.{form}"
    for name, form in {
        "authenticate": "AuthenticateForm",
        "reauthenticate": "MfaReauthenticateForm",
        "activate_totp": "ActivateTotpForm",
        "deactivate_totp": "DeactivateTotpForm",
        "add_webauthn": "AddPasskeyForm",
        "edit_webauthn": "RenamePasskeyForm",
        "generate_recovery_codes": "RecoveryCodesForm",
    }.items()
}

# ── Languages and time ───────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [
    BASE_DIR / app / "locale"
    for app in (
        "innovation/core",
        "innovation/accounts",
        "innovation/organisations",
        "innovation/calls",
        "innovation/reports",
        "funds",
        "talent",
        "patents",
    )
] + [BASE_DIR / "innovation/locale"]  # what installed packages show without Chinese; the first path wins
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
FORMAT_MODULE_PATH = "innovation.formats"

# ── Static files and uploads ─────────────────────────────────────────────────────────────────────
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Compressing takes a minute, which an installation has and a demonstration has not.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if IS_LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOAD_MAX_BYTES = int(env("UPLOAD_MAX_BYTES", "50000000"))
REQUEST_MAX_BYTES = UPLOAD_MAX_BYTES + 10_000_000  # of a form with files, all of them together
REQUEST_MAX_TEXT_BYTES = 5_000_000  # of any other request
UPLOAD_MAX_EXPANDED_BYTES = int(env("UPLOAD_MAX_EXPANDED_BYTES", "52428800"))  # of an XLSX, all parts together
CLAMD = env("CLAMD", "")  # unix:/path or host:port of a ClamAV daemon; empty: no scan
# Years of birth that people gave of their own will, for the bias report alone, are sealed with this.
TALENT_VAULT_KEY = env("TALENT_VAULT_KEY") or SECRET_KEY
CLAMD_TIMEOUT = 30
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# ── Security headers ─────────────────────────────────────────────────────────────────────────────
SECURE_SSL_REDIRECT = HTTPS and not IS_LOCAL
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# The admin's own scripts need more; core.middleware puts this in place of the policy above under /admin/ alone.
ADMIN_CONTENT_SECURITY_POLICY = CONTENT_SECURITY_POLICY["DIRECTIVES"] | {
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────
EMAIL_BACKEND = env(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if IS_LOCAL else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 15
EMAIL_USE_TLS = env("EMAIL_USE_TLS", "0") == "1"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "innovation@example.org")

# ── Webhooks ─────────────────────────────────────────────────────────────────────────────────────
WEBHOOK_SECRET = env("WEBHOOK_SECRET", "")  # receivers check our signature with it
WEBHOOK_ALLOW_PRIVATE = env("WEBHOOK_ALLOW_PRIVATE", "0") == "1"  # for receivers inside the city's own network

# ── Queue ────────────────────────────────────────────────────────────────────────────────────────
CELERY_BROKER_URL = env("CELERY_BROKER_URL", REDIS_URL.replace("unix://", "redis+socket://", 1))
# By kind of work, so that a long report holds up no mail; a worker takes all of them unless -Q says otherwise.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("celery", "reports", "imports")]
CELERY_TASK_ROUTES = {"innovation.reports.*": {"queue": "reports"}, "funds.*import*": {"queue": "imports"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 900_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Without these a killed worker's task waits 100 seconds before another worker gets it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A page must not wait seven seconds for a broker that is away: the row is the truth, the sweep sends later.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_TIMEZONE = TIME_ZONE
# What was sent is written down at once: a beat that takes over must not send it again.
CELERY_BEAT_SYNC_EVERY = 1
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# ── History ──────────────────────────────────────────────────────────────────────────────────────
# Every event row carries its own context, so that it stays whole when the record or the user goes.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True

# ── API ──────────────────────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "innovation.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "EXCEPTION_HANDLER": "innovation.core.api.problems.handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,
}
API_RATES = {
    "read": env("API_RATE_READ", "1200/min"),
    "write": env("API_RATE_WRITE", "300/min"),
    "directory": env("API_RATE_DIRECTORY", "360/h"),
}

# ── Logging, figures ─────────────────────────────────────────────────────────────────────────────
LOGGING = logs.configuration(env("LOG_LEVEL", "INFO"), env("LOG_FORMAT", "json"))
METRICS_TOKEN = env("METRICS_TOKEN", "")  # lets Prometheus read /metrics; staff may always
