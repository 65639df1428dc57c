"""A write that is sent twice is done once: the second sender gets the first one's answer."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import IntegrityError, transaction

from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.jsontext import compact, read
from tenglong.domain.kernel.messages import msg
from tenglong.store.models import Deed


@dataclass(frozen=True)
class Answer:
    """What was sent back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Sending:
    """A write as it arrives: `who` sent it, with the key that makes it one, and what it `says`."""

    who: bytes
    says: bytes

    @property
    def key(self) -> str:
        """Under which it is kept."""
        return hashlib.sha256(b"key" + self.who).hexdigest()

    @property
    def said(self) -> str:
        """A digest of what it says."""
        return hashlib.sha256(self.says).hexdigest()

    @property
    def cipher(self) -> Fernet:
        """With the site's secret and the sending itself: neither alone opens an answer."""
        secret = hashlib.sha256(settings.SECRET_KEY.encode() + self.who + self.says).digest()
        return Fernet(base64.urlsafe_b64encode(secret))


def begin(sending: Sending, at: datetime) -> Answer | None:
    """None for the first sending, which now must `finish` or `forget`; else the answer that the first one got.

    Within the transaction of the deed itself: whoever comes second waits in the database until the first is done, and
    what a killed process had begun is gone together with what it had done.

    Raises:
        Conflict: the key was used for something else.
    """
    try:
        with transaction.atomic():
            Deed.objects.create(key=sending.key, said=sending.said, begun_at=at)
    except IntegrityError:
        known = Deed.objects.get(pk=sending.key)
        if known.said != sending.said:
            raise Conflict(msg("这个幂等键已用于内容不同的请求，请为新的请求换一个键。")) from None
        return _opened(sending, bytes(known.answer or b""))
    return None


def finish(sending: Sending, answer: Answer) -> None:
    """Keep what the first sender got."""
    head = compact([answer.status, answer.headers]).encode()
    sealed = sending.cipher.encrypt(len(head).to_bytes(4, "big") + head + answer.body)
    Deed.objects.filter(pk=sending.key).update(answer=sealed)


def forget(sending: Sending) -> None:
    """It came to nothing: whoever sends it again begins anew."""
    Deed.objects.filter(pk=sending.key).delete()


def clear(before: datetime) -> None:
    """Forget what was begun before an instant."""
    Deed.objects.filter(begun_at__lt=before).delete()


def _opened(sending: Sending, sealed: bytes) -> Answer:
    plain = sending.cipher.decrypt(sealed)
    end = 4 + int.from_bytes(plain[:4], "big")
    status, headers = read(plain[4:end])
    return Answer(status, headers, plain[end:])
