package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.connectors.EventTimeProgress.Silence;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventTimeProgressTest {

    private static final Duration LATE = Duration.ofMillis(100);
    private static final Duration SILENT = Duration.ofMillis(5_000);

    private final Clock activity = new Clock();
    private final Seen seen = new Seen();
    private final EventTimeProgress.Lag lag = new EventTimeProgress.Lag();
    private long wall = 1_000_000;

    @Test
    void staysTheOutOfOrdernessBehindTheNewestEventTime() {
        EventTimeProgress progress = progress(Silence.WAITS);
        hear(progress, 10_000);
        hear(progress, 12_000);
        hear(progress, 11_000);
        progress.onPeriodicEmit(seen);
        assertEquals(List.of("11899"), seen.all);
    }

    @Test
    void saysNothingBeforeTheFirstMessage() {
        EventTimeProgress progress = progress(Silence.WAITS);
        activity.now += 1_000_000;
        progress.onPeriodicEmit(seen);
        assertTrue(seen.all.isEmpty());
    }

    @Test
    void isNotMovedByAMessageThatCouldNotBeUsed() {
        EventTimeProgress progress = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        activity.now += 4_999;
        progress.onEvent(unusable(), 500_000, seen);
        progress.onPeriodicEmit(seen);
        assertTrue(seen.all.isEmpty(), "moved by it");
        activity.now += 1;
        progress.onPeriodicEmit(seen);
        assertEquals(List.of("999900"), seen.all, "taken for a sign of life");
    }

    @Test
    void isMovedByADelisting() {
        EventTimeProgress progress = progress(Silence.WAITS);
        progress.onEvent(message(InventoryMessage.Kind.DELISTED, 9_000), 9_000, seen);
        progress.onPeriodicEmit(seen);
        assertEquals(List.of("8899"), seen.all);
    }

    @Test
    void followsTheWallClockInSilenceAndTheMessagesAgainAfterIt() {
        EventTimeProgress progress = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        hear(progress, 10_000);
        progress.onPeriodicEmit(seen);
        activity.now += 5_000;
        progress.onPeriodicEmit(seen);
        wall += 200;
        activity.now += 200;
        progress.onPeriodicEmit(seen);
        hear(progress, wall + 300);
        progress.onPeriodicEmit(seen);
        assertEquals(List.of("9899", "999900", "1000100", "1000399"), seen.all);
    }

    @Test
    void staysBehindTheWallClockInSilenceAsFarAsTheSourceWas() {
        EventTimeProgress progress = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        long behind = 120_000;
        // A message that is older than others does not say how far the source is.
        hear(progress, wall - behind, wall);
        hear(progress, wall - 900_000, wall + 1);
        progress.onPeriodicEmit(seen);
        activity.now += 60_000;
        wall += 60_000;
        progress.onPeriodicEmit(seen);
        // What the source sends next is in time: its windows are still open.
        assertEquals(List.of("879899", "939900"), seen.all);
        hear(progress, wall - behind + 30, wall + 30);
        progress.onPeriodicEmit(seen);
        assertEquals("939929", seen.all.get(2));
    }

    @Test
    void doesNotCountHowLateAMessageWasRead() {
        EventTimeProgress progress = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        hear(progress, wall - 500_000, wall - 500_000);
        silence(progress);
        assertEquals(List.of("499899", "999900"), seen.all);
    }

    @Test
    void aPartitionThatOneDelayedMessageWokeIsNoFurtherBehindThanTheSource() {
        EventTimeProgress busy = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        EventTimeProgress quiet = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        hear(busy, wall - 1_000, wall);
        hear(quiet, wall - 600_000, wall);
        silence(quiet);
        assertEquals(List.of("399899", "998900"), seen.all);
    }

    @Test
    void takesARecordFromTheFutureForOneOfNow() {
        EventTimeProgress progress = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        hear(progress, wall - 2_000, wall + 1_000_000_000);
        silence(progress);
        assertEquals(List.of("997899", "997900"), seen.all);
    }

    @Test
    void neverGoesBack() {
        EventTimeProgress progress = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        hear(progress, 2_000_000);
        progress.onPeriodicEmit(seen);
        activity.now += 5_000;
        progress.onPeriodicEmit(seen);
        wall -= 500_000;
        progress.onPeriodicEmit(seen);
        hear(progress, 10_000);
        progress.onPeriodicEmit(seen);
        assertEquals(List.of("1999899"), seen.all);
    }

    @Test
    void doesNotTakeBackPressureForSilence() {
        EventTimeProgress progress = progress(Silence.FOLLOWS_THE_WALL_CLOCK);
        hear(progress, 10_000);
        progress.onPeriodicEmit(seen);
        wall += 1_000_000; // The activity clock stood still meanwhile.
        progress.onPeriodicEmit(seen);
        assertEquals(List.of("9899"), seen.all);
    }

    @Test
    void idlesInSilenceAndWakesWithAMessage() {
        EventTimeProgress progress = progress(Silence.IDLES);
        hear(progress, 10_000);
        progress.onPeriodicEmit(seen);
        activity.now += 5_000;
        progress.onPeriodicEmit(seen);
        hear(progress, 9_000);
        progress.onPeriodicEmit(seen);
        hear(progress, 20_000);
        progress.onPeriodicEmit(seen);
        assertEquals(List.of("9899", "idle", "active", "19899"), seen.all);
    }

    @Test
    void neverFollowsTheWallClockWhenItWaits() {
        EventTimeProgress progress = progress(Silence.WAITS);
        hear(progress, 10_000);
        progress.onPeriodicEmit(seen);
        activity.now += 1_000_000;
        progress.onPeriodicEmit(seen);
        assertEquals(List.of("9899"), seen.all);
    }

    @Test
    void theReadersOwnGeneratorStaysStillWhileThoseOfThePartitionsMove() {
        EventTimeProgress.Supplier supplier =
                new EventTimeProgress.Supplier(
                        LATE, Silence.FOLLOWS_THE_WALL_CLOCK, SILENT, () -> wall);
        WatermarkGenerator<InventoryMessage> reader = supplier.createWatermarkGenerator(context());
        WatermarkGenerator<InventoryMessage> first = supplier.createWatermarkGenerator(context());
        WatermarkGenerator<InventoryMessage> second = supplier.createWatermarkGenerator(context());
        activity.now += 5_000;
        reader.onPeriodicEmit(seen);
        assertTrue(seen.all.isEmpty());
        first.onPeriodicEmit(seen);
        second.onPeriodicEmit(seen);
        assertEquals(List.of("999900", "999900"), seen.all);
    }

    /** Looks at what was heard, and again when nothing has come for long enough. */
    private void silence(EventTimeProgress progress) {
        progress.onPeriodicEmit(seen);
        activity.now += 5_000;
        progress.onPeriodicEmit(seen);
    }

    private EventTimeProgress progress(Silence silence) {
        return new EventTimeProgress(LATE, silence, SILENT, () -> wall, activity, lag);
    }

    /** A message that was written when it happened. */
    private void hear(EventTimeProgress progress, long eventTime) {
        hear(progress, eventTime, eventTime);
    }

    private void hear(EventTimeProgress progress, long eventTime, long writtenAt) {
        progress.onEvent(
                message(InventoryMessage.Kind.PARTIAL, eventTime, writtenAt), eventTime, seen);
    }

    private static InventoryMessage message(InventoryMessage.Kind kind, long eventTime) {
        return message(kind, eventTime, eventTime);
    }

    private static InventoryMessage message(
            InventoryMessage.Kind kind, long eventTime, long writtenAt) {
        return new InventoryMessage(
                new Source("inventory_raw", 0, 1, writtenAt),
                "P1",
                new StockVersion(eventTime, 0, 1),
                kind,
                List.of(),
                List.of(),
                0);
    }

    private static InventoryMessage unusable() {
        return new InventoryMessage(
                new Source("inventory_raw", 0, 1, 500_000),
                null,
                null,
                InventoryMessage.Kind.UNUSABLE,
                List.of(),
                List.of(),
                0);
    }

    private WatermarkGeneratorSupplier.Context context() {
        return new WatermarkGeneratorSupplier.Context() {
            @Override
            public MetricGroup getMetricGroup() {
                return new UnregisteredMetricsGroup();
            }

            @Override
            public RelativeClock getInputActivityClock() {
                return activity;
            }
        };
    }

    private static final class Clock implements RelativeClock {
        private long now;

        @Override
        public long relativeTimeMillis() {
            return now;
        }

        @Override
        public long relativeTimeNanos() {
            return now * 1_000_000;
        }
    }

    private static final class Seen implements WatermarkOutput {
        private final List<String> all = new ArrayList<>();

        @Override
        public void emitWatermark(Watermark watermark) {
            all.add(Long.toString(watermark.getTimestamp()));
        }

        @Override
        public void markIdle() {
            all.add("idle");
        }

        @Override
        public void markActive() {
            all.add("active");
        }
    }
}
