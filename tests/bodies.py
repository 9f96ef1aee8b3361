"""What an answer says, without what differs from one answer to the next: to be held against another."""

import re

DIFFERS = re.compile(
    r'(?:name="csrf_token" value=|name="next" value=|X-CSRFToken(?:"|&#34;): |nonce=)(?:"[^"]*"|&#34;[^&]*&#34;)'
)
"""The token, which tells the time it was made; the nonce; the page that a change of language leads back to."""


def bare(answer) -> str:
    return DIFFERS.sub("", answer.get_data(as_text=True))
