"""Settings of the shop: defaults are the safe ones, .env.example lists the variables."""

from pathlib import Path

import environ

from config import caches, databases, headers, house, logs, mail, social, theme

# --- Places ---------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
VAR_DIR = BASE_DIR / env("VAR_DIR", default="var")  # an absolute one stays as it is
VAR_DIR.mkdir(parents=True, exist_ok=True)
env.read_env(VAR_DIR / "secrets.env")  # written by `make run`; what is exported wins
DATASETS_DIR = Path(env("DATASETS", default=str(BASE_DIR.parent / "shared" / "data")))

# --- Secrets and hosts ----------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")  # Django refuses to serve with an empty one
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])  # the first one encrypts
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DEMO = env("DEMO", default="")  # full, small or empty; set by `make run` alone
# The gateway simulator moves no money: whoever may use it shops for free.
PAYMENTS_TEST_GATEWAY = env.bool("PAYMENTS_TEST_GATEWAY", default=bool(DEMO) or DEBUG)

# --- Apps -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_countries",
    "django_filters",
    "django_htmx",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "phonenumber_field",
    "rest_framework",
    "simple_history",
    "template_partials",
    *house.APPS,
    "config",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "shop.platform.operations.middleware.MetricsMiddleware",
    "shop.core.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.NulByteMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shop.directory.access.middleware.StaffSecondFactorMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shop.engagement.insights.middleware.VisitMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database and cache ---------------------------------------------------------------------

DATABASES = databases.configure(env, VAR_DIR)
CACHES = caches.configure(env("REDIS_URL", default=""))

# --- Pages ----------------------------------------------------------------------------------

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"i18n": "config.words"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "shop.doors.storefront.context_processors.frame",
            ],
        },
    },
]
SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # `i18n` is replaced on purpose: config/words.py
FORM_RENDERER = "shop.doors.storefront.form_renderer.FormRenderer"

LANGUAGE_CODE = "en-in"
LANGUAGES = [("en-in", "English (India)")]
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Kolkata"
PHONENUMBER_DEFAULT_REGION = "IN"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"  # pictures of goods only: everything below it is public
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private", "base_url": None},
    },
    "import_export": {  # files between preview and confirmation hold customers' data
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private" / "uploads", "base_url": None},
    },
    "staticfiles": {"BACKEND": "shop.doors.storefront.staticfiles.JoiningStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- People: sign-in, passwords, second factor, sessions ----------------------------------------

AUTH_USER_MODEL = "customers.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # else a sign-up tells who is a customer already
ACCOUNT_ADAPTER = "shop.doors.storefront.adapters.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "shop.doors.storefront.forms.account.SignupForm"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told by mail
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "30/m/ip,5/5m/key", "signup": "20/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
SOCIAL_APPS = social.apps(env)
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": SOCIAL_APPS}}
SOCIALACCOUNT_ADAPTER = "shop.doors.storefront.social.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # only an address that the provider has verified
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Modern Store"
USERSESSIONS_TRACK_ACTIVITY = True

# --- Safety of the web ------------------------------------------------------------------------

HTTPS = env.bool("HTTPS", default=True)  # only `make run`, on loopback, switches it off
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = headers.PERMISSIONS_POLICY
CONTENT_SECURITY_POLICY = headers.content_policy(social.origins(SOCIAL_APPS))

# --- Mail, jobs, logs -----------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Modern Store <store@localhost>")
EMAIL_FILE_PATH = VAR_DIR / "mail"
# Without a server the mails are files below VAR_DIR.
vars().update(mail.configure(env.email_url("EMAIL_URL", f"filemail:///{EMAIL_FILE_PATH}")))
JOBS_INLINE = False  # tests run jobs at once instead of waking a worker
Q_CLUSTER = {
    "name": "store",
    "orm": "default",
    "workers": env.int("WORKERS", default=2),
    "timeout": 60,
    "retry": 120,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "recycle": 200,
    "save_limit": 1000,
}
LOGGING = logs.configure(
    level=env("LOG_LEVEL", default="INFO"), as_json=env("LOG_FORMAT", default="json") == "json"
)

# --- API, import and export, admin ------------------------------------------------------------

REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Modern Store API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    **dict.fromkeys(("SWAGGER_UI_DIST", "SWAGGER_UI_FAVICON_HREF", "REDOC_DIST"), "SIDECAR"),
}
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.MediaStorage"
UNFOLD = theme.UNFOLD
