"""The portal starts, and a page answers."""


def test_the_sign_in_page_answers_with_headers(client):
    answer = client.get("/accounts/sign-in")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_page_needs_sign_in(client, as_, people):
    assert client.get("/accounts/me").status_code == 303
    assert as_(people.adviser).get("/accounts/me").status_code == 200
    assert as_(people.adviser).get("/accounts/").status_code == 403
