"""The product's settings on throw-away servers; ``DATABASE_URL`` and ``REDIS_URL`` name real ones instead."""

import atexit
import os

from innovation.local.servers import temporary

os.environ["INNOVATION_MODE"] = "test"
if not os.environ.get("DATABASE_URL"):
    _servers = temporary()
    _running = _servers.__enter__()
    os.environ.update({"DATABASE_URL": _running.database_url, "REDIS_URL": _running.redis_url})
    atexit.register(_servers.__exit__, None, None, None)

from innovation import settings as product  # the environment above must stand first
from innovation.core.translations import compile_all

compile_all(product.LOCALE_PATHS)

globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = product.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
