"""Randomness that is drawn ahead is used once: by threads and by child processes."""

import hmac
import os
import threading

from hypothesis import given
from hypothesis import strategies as st

from sandyq import seal
from sandyq.ids import is_id, new_id

US = 1_700_000_000_000_000


def test_ids_of_many_threads_are_all_different() -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend([new_id(US) for _ in range(2000)])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000
    assert all(map(is_id, made))


def test_a_child_process_gives_no_id_and_no_nonce_that_its_parent_gives() -> None:
    key = seal.new_key()
    new_id(US), seal.wrap(key, key, b"")  # both stocks are filled
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        told = [*(new_id(US) for _ in range(300)), *(seal.wrap(key, key, b"")[:12].hex() for _ in range(300))]
        os.write(into, "\n".join(told).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as pipe:
        theirs = set(pipe.read().split())
    os.waitpid(child, 0)
    ours = {*(new_id(US) for _ in range(300)), *(seal.wrap(key, key, b"")[:12].hex() for _ in range(300))}
    assert len(theirs) == len(ours) == 600
    assert not theirs & ours


@given(st.binary(max_size=130), st.binary(max_size=200))
def test_our_mac_is_the_hmac_of_rfc_2104(key: bytes, message: bytes) -> None:
    assert seal.mac(key, message) == hmac.digest(key, message, "sha256")


def test_keys_made_together_are_all_different() -> None:
    made = seal.new_keys(50)
    assert len(set(made)) == 50
    assert {len(key) for key in made} == {seal.KEY_BYTES}
