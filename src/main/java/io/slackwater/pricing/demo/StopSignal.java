package io.slackwater.pricing.demo;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells every thread of the demo that nothing more is to be sent. For many threads. */
final class StopSignal {

    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean interrupted;

    /** Everything is to end at once, as after Ctrl-C. */
    void interrupt() {
        interrupted = true;
        stop.countDown();
    }

    /** The demo ends by itself: what was sent is taken in and summed up. */
    void end() {
        stop.countDown();
    }

    /** Returns whether everything is to end at once. */
    boolean isInterrupted() {
        return interrupted;
    }

    /**
     * Waits.
     *
     * @return true when it is time to stop
     */
    boolean within(long millis) throws InterruptedException {
        return stop.await(millis, TimeUnit.MILLISECONDS);
    }
}
