import os
import signal
import threading

from provision.apply.signals import stop_asked


def test_the_first_signal_asks_and_the_old_handlers_come_back():
    before = signal.getsignal(signal.SIGTERM)
    with stop_asked(lambda: None) as asked:
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked.wait(5)
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_to_be_done_then_is_done():
    hurried = threading.Event()
    with stop_asked(hurried.set):
        assert not hurried.wait(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        assert hurried.wait(5)


def test_a_thread_cannot_listen_and_does_not_try():
    seen = []

    def inside():
        with stop_asked(seen.clear) as asked:
            seen.append(asked.is_set())

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [False]
