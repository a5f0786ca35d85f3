package io.slackwater.pricing.connectors;

import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Mode;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;

/**
 * How far event time has come in one partition of the inventory: the newest event time read, less
 * the time that a stock level may be late. Messages that could not be used do not move it.
 *
 * <p>When nothing usable comes for a while, {@link Silence} says what happens. The silence is
 * measured with Flink's activity clock, which stands still under back pressure: a partition that
 * has messages which nobody has time to read is not silent, and its event time must not run ahead
 * of them.
 */
final class EventTimeProgress implements WatermarkGenerator<InventoryMessage> {

    /** What a silent partition does to event time. */
    enum Silence {
        /**
         * It holds it back: a bounded run waits for every message, so that it always ends alike.
         */
        WAITS,
        /** It no longer counts, and event time is what the others say. */
        IDLES,
        /**
         * Its event time follows the wall clock, as far behind it as the source was when it was
         * last heard: it holds nobody back, where all are silent a promotion still ends on time,
         * and a source that is minutes behind is not late when it goes on.
         */
        FOLLOWS_THE_WALL_CLOCK
    }

    /**
     * Long enough for a slow partition to connect: with 1 s a fifth of the windows' rows were lost.
     */
    static final Duration IDLE_AFTER = Duration.ofSeconds(15);

    private static final long NONE = Long.MIN_VALUE;

    private final long outOfOrderness;
    private final Silence silence;
    private final long silentAfter;
    private final WallClock wallClock;
    private final RelativeClock activity;
    private final Lag lag;

    private long newest = NONE;
    private long emitted = NONE;
    private boolean heard;
    private long heardAt;
    private boolean idle;

    /**
     * @param outOfOrderness how late a stock level may come
     * @param silence what happens in silence
     * @param silentAfter how long nothing has to come for it to be silence; of no meaning with
     *     {@link Silence#WAITS}
     * @param wallClock read only with {@link Silence#FOLLOWS_THE_WALL_CLOCK}
     * @param activity time in which messages could have come
     * @param lag of the source, shared by the partitions of a reader
     */
    EventTimeProgress(
            Duration outOfOrderness,
            Silence silence,
            Duration silentAfter,
            WallClock wallClock,
            RelativeClock activity,
            Lag lag) {
        this.outOfOrderness = outOfOrderness.toMillis();
        this.silence = silence;
        this.silentAfter = silentAfter.toMillis();
        this.wallClock = wallClock;
        this.activity = activity;
        this.lag = lag;
        this.heardAt = activity.relativeTimeMillis();
    }

    /** Timestamps and watermarks of the inventory as the settings want them. */
    static WatermarkStrategy<InventoryMessage> of(Settings settings, WallClock wallClock) {
        Duration idleAfter = settings.input().idleAfter();
        Silence silence =
                settings.mode() == Mode.BOUNDED
                        ? Silence.WAITS
                        : idleAfter.isZero() ? Silence.IDLES : Silence.FOLLOWS_THE_WALL_CLOCK;
        return WatermarkStrategy.forGenerator(
                        new Supplier(
                                settings.input().outOfOrderness(),
                                silence,
                                silence == Silence.IDLES ? IDLE_AFTER : idleAfter,
                                wallClock))
                .withTimestampAssigner(
                        (message, kafkaTimestamp) ->
                                message.version() == null
                                        ? kafkaTimestamp
                                        : message.version().eventTime());
    }

    @Override
    public void onEvent(InventoryMessage message, long timestamp, WatermarkOutput output) {
        if (message.kind() != InventoryMessage.Kind.UNUSABLE) {
            newest = Math.max(newest, timestamp);
            lag.hear(timestamp, message.source().timestamp());
            // The clock is read once a period and not here, in the hottest path of the source.
            heard = true;
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        long active = activity.relativeTimeMillis();
        if (heard) {
            heard = false;
            heardAt = active;
        }
        boolean silent = silence != Silence.WAITS && active - heardAt >= silentAfter;
        if (silent && silence == Silence.IDLES) {
            idle = true;
            output.markIdle();
            return;
        }
        if (idle) {
            idle = false;
            output.markActive();
        }
        long reached = newest == NONE ? NONE : newest - outOfOrderness - 1;
        if (silent) {
            long now = wallClock.millis();
            // A partition that was never heard holds nobody back.
            long behind = newest == NONE ? 0 : lag.millis(now);
            reached = Math.max(reached, now - behind - outOfOrderness);
        }
        if (reached > emitted) {
            emitted = reached;
            output.emitWatermark(new Watermark(reached));
        }
    }

    /**
     * How far the source was behind when it wrote the message with the newest event time of all
     * that this reader has heard. How late that message was read does not count: a backlog would
     * delay promotions. Nor does a message that is older than others: one delayed product says
     * nothing about the source.
     */
    static final class Lag {

        private long newest = NONE;
        private long writtenAt;

        private void hear(long eventTime, long recordTimestamp) {
            if (eventTime > newest) {
                newest = eventTime;
                writtenAt = recordTimestamp;
            }
        }

        /** Not below 0; a record from the future counts as written now. */
        private long millis(long now) {
            return Math.max(0, Math.min(writtenAt, now) - newest);
        }
    }

    /**
     * Makes one generator for each partition, and one that stays still.
     *
     * <p>Besides one generator a partition Flink makes one for the reader itself, first of all,
     * which never hears a message. If it followed the wall clock, event time would jump to the
     * present while history is still being read, and everything would be late.
     */
    static final class Supplier implements WatermarkGeneratorSupplier<InventoryMessage> {

        private static final long serialVersionUID = 1L;

        private final Duration outOfOrderness;
        private final Silence silence;
        private final Duration silentAfter;
        private final WallClock wallClock;

        /** Belongs to this copy of the supplier: every subtask has its own. */
        private transient boolean readerHasOne;

        private transient Lag lag;

        Supplier(
                Duration outOfOrderness,
                Silence silence,
                Duration silentAfter,
                WallClock wallClock) {
            this.outOfOrderness = outOfOrderness;
            this.silence = silence;
            this.silentAfter = silentAfter;
            this.wallClock = wallClock;
        }

        @Override
        public WatermarkGenerator<InventoryMessage> createWatermarkGenerator(Context context) {
            if (!readerHasOne) {
                readerHasOne = true;
                lag = new Lag();
                return new OfTheReader(silence);
            }
            return new EventTimeProgress(
                    outOfOrderness,
                    silence,
                    silentAfter,
                    wallClock,
                    context.getInputActivityClock(),
                    lag);
        }
    }

    /** Says nothing; or that it does not count, without which the partitions could not idle. */
    private static final class OfTheReader implements WatermarkGenerator<InventoryMessage> {

        private final boolean idles;

        OfTheReader(Silence silence) {
            this.idles = silence == Silence.IDLES;
        }

        @Override
        public void onEvent(InventoryMessage message, long timestamp, WatermarkOutput output) {}

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (idles) {
                output.markIdle();
            }
        }
    }
}
