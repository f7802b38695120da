import sys

from gateway.app import create_app
from gateway.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
