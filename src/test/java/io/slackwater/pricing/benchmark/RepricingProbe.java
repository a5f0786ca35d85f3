package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks at what comes out, from outside: how long after it was due each stock level of the flowing
 * messages had its price, and when the last price of a change came.
 *
 * <p>A message's event time is the moment at which it was <em>due</em>, not at which it was sent: a
 * stall counts for every message that it kept waiting, also for those that could not even be sent.
 */
final class RepricingProbe {

    private static final int LONGEST = 60_000;

    /** What is measured between two moments. */
    static final class Phase {
        private final long began = System.nanoTime();
        private final AtomicIntegerArray waited = new AtomicIntegerArray(LONGEST + 1);
        private final AtomicLong repriced = new AtomicLong();
        private final AtomicLong lastRepricedAt = new AtomicLong();
        private volatile long ended;

        private void add(long millis) {
            waited.incrementAndGet((int) Math.max(0, Math.min(LONGEST, millis)));
        }

        double seconds() {
            return (ended - began) / 1e9;
        }

        long levels() {
            long sum = 0;
            for (int i = 0; i <= LONGEST; i++) {
                sum += waited.get(i);
            }
            return sum;
        }

        /** The wait in milliseconds that this share of the levels did not pass. */
        int waited(double share) {
            long rest = (long) Math.ceil(levels() * share);
            int millis = -1;
            while (rest > 0 && millis < LONGEST) {
                rest -= waited.get(++millis);
            }
            return millis;
        }

        /** Prices changed by something else than a message. */
        long repriced() {
            return repriced.get();
        }

        /** Wall clock of the last of them, epoch milliseconds. */
        long lastRepricedAt() {
            return lastRepricedAt.get();
        }
    }

    private volatile Phase phase = new Phase();

    /** Ends the phase that goes on, and begins the next. */
    Phase next() {
        Phase old = phase;
        phase = new Phase();
        old.ended = System.nanoTime();
        return old;
    }

    Phase now() {
        return phase;
    }

    void see(PricingEvent event) {
        see(event.cause() == Cause.INVENTORY, event.stock().version().eventTime());
    }

    void see(boolean ofAMessage, long eventTime) {
        long now = System.currentTimeMillis();
        Phase here = phase;
        if (ofAMessage) {
            here.add(now - eventTime);
        } else {
            here.repriced.incrementAndGet();
            here.lastRepricedAt.set(now);
        }
    }
}
