package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.SweepReport;
import io.slackwater.pricing.rules.Decision;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.OutputTag;

/**
 * Sends on and counts what the pricing step decides. Records have no timestamp: they carry their
 * times themselves.
 */
final class PricingResults {

    private final Output<StreamRecord<PricingEvent>> output;
    private final Tally tally;
    private final HeldWatermark watermark;
    private final long windowMillis;
    private final Histogram eventToPrice;
    private final ProcessingTimeService clock;

    /**
     * @param eventToPrice gets how long a new price took from its event on, milliseconds
     */
    PricingResults(
            Output<StreamRecord<PricingEvent>> output,
            Tally tally,
            HeldWatermark watermark,
            long windowMillis,
            Histogram eventToPrice,
            ProcessingTimeService clock) {
        this.output = output;
        this.tally = tally;
        this.watermark = watermark;
        this.windowMillis = windowMillis;
        this.eventToPrice = eventToPrice;
        this.clock = clock;
    }

    /** Returns whether the window of a moment has closed. */
    boolean isClosed(long moment) {
        return Math.floorDiv(moment, windowMillis) * windowMillis + windowMillis - 1
                <= watermark.passedOn();
    }

    void count(PricingCount count) {
        tally.add(count.ordinal(), 1);
    }

    /** Sends on what a decision has to tell. */
    void send(Decision decision) {
        if (decision.newlyHeld()) {
            count(PricingCount.HELD);
        }
        PricingEvent event = decision.event();
        if (event != null) {
            send(event);
        }
        if (decision.shift() != null) {
            send(decision.shift());
        }
    }

    void send(PricingEvent event) {
        if (event.outcome() == Outcome.WITHDRAWN) {
            count(PricingCount.WITHDRAWN);
        } else if (event.cause() != Cause.INVENTORY) {
            count(PricingCount.REPRICED);
        } else if (event.published() == Published.PRICE) {
            long took = clock.getCurrentProcessingTime() - event.stock().version().eventTime();
            eventToPrice.update(Math.max(0, took));
        }
        output.collect(new StreamRecord<>(event));
    }

    /**
     * A shift whose window has closed moves the stock of the next window, and is neither an update
     * nor a price change of it: late for the window is not late for the stock.
     */
    private void send(StockShift shift) {
        StockShift counted =
                isClosed(shift.at())
                        ? new StockShift(
                                watermark.passedOn() + 1,
                                shift.warehouseId(),
                                shift.before(),
                                shift.after(),
                                0,
                                null,
                                0)
                        : shift;
        side(ApplyPricingRules.SHIFTS, counted);
    }

    void send(Alert alert) {
        side(ApplyPricingRules.ALERTS, alert);
    }

    void send(SweepReport report) {
        side(ApplyPricingRules.SWEEPS, report);
    }

    private <X> void side(OutputTag<X> tag, X value) {
        output.collect(tag, new StreamRecord<>(value));
    }
}
