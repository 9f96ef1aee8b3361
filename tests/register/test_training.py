"""Hearing a call for training: the consent gives the right, at every range, and takes it away at once."""

import datetime as dt

import pytest

from portal import clock, playback
from portal.accounts.models import QueueGrant, RoleGrant
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.errors import Denied, NotFound
from portal.recordings import listening
from portal.recordings.models import Listen, Playable, Recording, State
from portal.register import consents, texts, training
from portal.register.models import Consent, ConsentText
from portal.retention import freezes, watch
from portal.retention.models import Freeze
from tests.recordings.hearing import acts
from tests.register.consented import NOW, PAST, call, give
