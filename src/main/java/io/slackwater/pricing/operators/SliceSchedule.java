package io.slackwater.pricing.operators;

import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.runtime.io.network.partition.consumer.InputGate;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * When the next slice of a sweep may run: on the task's own thread, between stock levels, with more
 * room for these the more of them wait, and never while the outputs are full.
 *
 * <p>The only class that asks Flink's runtime how busy inputs and outputs are.
 */
final class SliceSchedule {

    /** The work that is cut into slices. */
    interface Work {

        boolean isLeft();

        /** Goes on for so long, in nanoseconds, or to the end. */
        void goOn(long nanos) throws Exception;
    }

    /** Between two slices, while stock levels come, in milliseconds. */
    private static final long PAUSE_MILLIS = 1;

    /**
     * While more stock levels wait than a pause lets through, no slice is made, but for one after
     * so long: a checkpoint leaves hundreds behind, which should not share the time with a sweep.
     * In nanoseconds.
     */
    private static final long LONGEST_PAUSE_NANOS = 20_000_000;

    private final Work work;
    private final long sliceNanos;
    private final MailboxExecutor mailbox;
    private final ProcessingTimeService timers;
    private final Environment environment;

    private boolean sliceAhead;
    private boolean levelsWait;
    private boolean closed;
    private long lastSliceEndedAt;

    /** Read by the thread that reports metrics, which may see an older one. */
    private long longestSliceNanos;

    /**
     * @param sliceNanos how long a slice may take
     */
    SliceSchedule(StreamOperatorParameters<?> task, long sliceNanos, Work work) {
        this.work = work;
        this.sliceNanos = sliceNanos;
        mailbox = task.getMailboxExecutor();
        timers = task.getProcessingTimeService();
        environment = task.getContainingTask().getEnvironment();
    }

    /** A stock level came: the next slice leaves room for more. */
    void levelCame() {
        levelsWait = true;
    }

    /** Puts the next slice into the mailbox, behind what waits there already. */
    void plan() {
        if (!work.isLeft() || sliceAhead || closed) {
            return;
        }
        sliceAhead = true;
        if (levelsWait || !outputsTakeMore()) {
            // A mail would come after one single record; a timer lets many through.
            levelsWait = false;
            timers.registerTimer(timers.getCurrentProcessingTime() + PAUSE_MILLIS, now -> slice());
            return;
        }
        try {
            mailbox.execute(this::slice, "sweep");
        } catch (RejectedExecutionException stopping) {
            // The task ends; what is unfinished stands in the savepoint.
            sliceAhead = false;
        }
    }

    private void slice() throws Exception {
        sliceAhead = false;
        if (closed || !work.isLeft()) {
            return;
        }
        long began = System.nanoTime();
        if (levelsCrowd() && began - lastSliceEndedAt < LONGEST_PAUSE_NANOS) {
            levelsWait = true;
        } else if (outputsTakeMore()) {
            work.goOn(sliceNanos);
            lastSliceEndedAt = System.nanoTime();
            longestSliceNanos = Math.max(longestSliceNanos, lastSliceEndedAt - began);
        }
        plan();
    }

    /** Returns whether there is more to read than what was taken out of the network already. */
    private boolean levelsCrowd() {
        for (InputGate gate : environment.getAllInputGates()) {
            if (gate.isAvailable()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether writing would not block: a slice must not stand still for a slow reader. */
    private boolean outputsTakeMore() {
        for (ResultPartitionWriter writer : environment.getAllWriters()) {
            if (!writer.isAvailable()) {
                return false;
            }
        }
        return true;
    }

    long longestSliceMillis() {
        return longestSliceNanos / 1_000_000;
    }

    /** No slice runs any more. */
    void close() {
        closed = true;
    }
}
