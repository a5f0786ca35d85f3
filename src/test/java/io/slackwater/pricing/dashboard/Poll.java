package io.slackwater.pricing.dashboard;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits until something is so. */
final class Poll {

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long STEP_NANOS = 20_000_000L;

    private Poll() {}

    /**
     * @param what for the complaint when it does not come
     * @param instead what there is, likewise
     */
    static void until(String what, Callable<Boolean> condition, Callable<?> instead)
            throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + " does not come, but " + instead.call());
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
