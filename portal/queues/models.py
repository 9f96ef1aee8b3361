"""The service numbers whose calls are recorded, and what their callers are told."""

from typing import Any

import peewee

from portal.accounts.permissions import Permission, Role
from portal.db import PublicModel

WHOLE = (Role.CONTROLLER, Role.DPO, Role.ADMIN)
"""Roles that are for no queue in particular."""


class Queue(PublicModel):
    number = peewee.CharField(unique=True)
    """As the telephone system names it: the queue's extension or its service number."""
    name_sv = peewee.CharField()
    name_fi = peewee.CharField()
    tells_callers = peewee.BooleanField(default=False)
    """The announcement that the call is recorded plays here; used where the source does not say."""
    active = peewee.BooleanField(default=True)
    version = peewee.IntegerField(default=0)
    """Raised by every change; a form that saw an older one is refused."""

    @classmethod
    def visible_to(cls, user: Any) -> peewee.ModelSelect:
        """All for those who manage service numbers, the granted ones for others."""
        if user.may("queues:manage"):
            return cls.select()
        return cls.select().where(cls.id.in_(sorted(user.queue_ids)))

    @classmethod
    def read_by(cls, user: Any) -> peewee.ModelSelect:
        """Those whose announcements `user` reads: a manager the own ones; who decides, oversees or manages service
        numbers all."""
        if user.roles & set(WHOLE):
            return cls.select()
        return cls.select().where(cls.id.in_(sorted(user.queues_for(Permission.QUEUES_READ))))

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_sv
