package io.slackwater.pricing.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits until something is so, for two minutes at most: machines under load are slow. */
public final class Poll {

    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Poll() {}

    /**
     * @param what for the complaint when it does not come
     */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, condition, null);
    }

    /**
     * @param what for the complaint when it does not come
     * @param instead what there is, likewise; null: nobody can say
     */
    public static void until(String what, Callable<Boolean> condition, Callable<?> instead) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!ask(what, condition)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "waited in vain for "
                                + what
                                + (instead == null ? "" : "; there is " + ask(what, instead)));
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }

    private static <T> T ask(String what, Callable<T> question) {
        try {
            return question.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("while waiting for " + what, e);
        }
    }
}
