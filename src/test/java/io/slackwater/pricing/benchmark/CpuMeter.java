package io.slackwater.pricing.benchmark;

import java.util.ArrayList;
import java.util.List;

/** The processor time of another process, looked at ten times a second until it ends. */
final class CpuMeter implements AutoCloseable {

    private static final long MILLIS_BETWEEN_LOOKS = 100;

    /**
     * @param at wall clock, epoch milliseconds
     * @param nanos processor time spent until then
     */
    private record Look(long at, long nanos) {}

    private final ProcessHandle process;
    private final List<Look> looks = new ArrayList<>();
    private final Thread thread = new Thread(this::look, "cpu-meter");
    private volatile boolean closed;

    /** Begins to measure. */
    CpuMeter(Process process) {
        this.process = process.toHandle();
        looks.add(new Look(System.currentTimeMillis(), 0));
        thread.setDaemon(true);
        thread.start();
    }

    private void look() {
        while (!closed) {
            process.info().totalCpuDuration().ifPresent(spent -> looks.add(now(spent.toNanos())));
            try {
                Thread.sleep(MILLIS_BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static Look now(long nanos) {
        return new Look(System.currentTimeMillis(), nanos);
    }

    /** Stops measuring, so that it can be asked. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Returns the seconds spent until a moment, between two looks by proportion.
     *
     * @param moment wall clock, epoch milliseconds
     */
    double seconds(long moment) {
        Look before = looks.get(0);
        for (Look after : looks) {
            if (after.at() >= moment && after.at() > before.at()) {
                double share = (double) (moment - before.at()) / (after.at() - before.at());
                return (before.nanos() + share * (after.nanos() - before.nanos())) / 1e9;
            }
            before = after;
        }
        return before.nanos() / 1e9;
    }
}
