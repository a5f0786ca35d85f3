package io.slackwater.pricing.operators;

import java.util.function.BooleanSupplier;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * The watermark of the pricing step, and how much of it was passed on. While a sweep goes on,
 * nothing is: the windows of the moment that it prices have to stay open for it.
 */
final class HeldWatermark {

    private final Output<?> output;
    private final BooleanSupplier isSilent;
    private long reached = Long.MIN_VALUE;
    private long passedOn = Long.MIN_VALUE;
    private boolean silencePassedOn;

    /**
     * @param isSilent whether all inputs are idle
     */
    HeldWatermark(Output<?> output, BooleanSupplier isSilent) {
        this.output = output;
        this.isSilent = isSilent;
    }

    /** Epoch milliseconds; {@code Long.MIN_VALUE}: none yet; {@code Long.MAX_VALUE}: the end. */
    long reached() {
        return reached;
    }

    /** The watermark while it is a time; {@code Long.MIN_VALUE} at the end of a bounded run. */
    long time() {
        return reached == Long.MAX_VALUE ? Long.MIN_VALUE : reached;
    }

    /** What was passed on, epoch milliseconds. */
    long passedOn() {
        return passedOn;
    }

    void reach(long watermark) {
        reached = watermark;
    }

    /**
     * Passes on what is held. Downstream ignores the watermark of an idle input, so idleness goes
     * on only after the watermark.
     */
    void passOn() {
        boolean silent = isSilent.getAsBoolean();
        if (!silent && silencePassedOn) {
            silencePassedOn = false;
            output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
        }
        if (reached > passedOn) {
            passedOn = reached;
            output.emitWatermark(new Watermark(reached));
        }
        if (silent && !silencePassedOn) {
            silencePassedOn = true;
            output.emitWatermarkStatus(WatermarkStatus.IDLE);
        }
    }
}
