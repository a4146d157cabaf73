import os
import signal
import threading

from provision.apply.signals import stop_asked


def test_the_first_signal_asks_and_the_old_handlers_come_back():
    before = signal.getsignal(signal.SIGTERM)
    told = []
    with stop_asked(lambda: told.append(True)) as asked:
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked.wait(5) and told == [True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_thread_cannot_listen_and_does_not_try():
    seen = []

    def inside():
        with stop_asked(seen.clear) as asked:
            seen.append(asked.is_set())

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [False]
