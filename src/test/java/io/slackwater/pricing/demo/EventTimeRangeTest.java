package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EventTimeRangeTest {

    private static final long START = Instant.parse("2026-11-21T08:00:00Z").toEpochMilli();
    private static final NavigableSet<Long> NONE = new TreeSet<>();

    private final Settings.Input input =
            SettingsReader.read(
                            new String[] {
                                "--kafka.bootstrap.servers=localhost:9092",
                                "--kafka.environment=test",
                                "--lake.enabled=false",
                                "--database.enabled=false",
                                "--input.out.of.orderness=5s",
                                "--input.idle.after=30s"
                            },
                            Map.of())
                    .input();

    private final EventTimeRange range = new EventTimeRange(input, 2, START);

    @Test
    void pricesALevelAsOfItsOwnTimeWhileItIsAheadOfAllPartitions() {
        range.message(0, START, START);
        range.message(1, START, START);
        range.advance(START, NONE);

        assertEquals(List.of(START), range.pricingTimes(START, NONE));
    }

    @Test
    void liesBetweenTheSlowestAndTheFastestPartition() {
        range.message(0, START + 10_000, START);
        range.message(1, START + 60_000, START);
        range.advance(START, NONE);

        assertEquals(
                List.of(START + 54_999, START + 4_999), range.pricingTimes(START - 60_000, NONE));
    }

    @Test
    void knowsTheBoundariesBetweenItsEnds() {
        range.message(0, START + 10_000, START);
        range.message(1, START + 60_000, START);
        range.advance(START, NONE);

        NavigableSet<Long> boundaries =
                new TreeSet<>(List.of(START, START + 20_000, START + 30_000, START + 90_000));
        assertEquals(
                List.of(START + 54_999, START + 30_000, START + 20_000, START + 4_999),
                range.pricingTimes(START - 60_000, boundaries));
    }

    @Test
    void saysWhenABoundaryIsPassed() {
        NavigableSet<Long> boundaries = new TreeSet<>(List.of(START + 20_000));
        range.message(0, START, START);
        range.message(1, START, START);
        assertFalse(range.advance(START, boundaries));

        range.message(0, START + 40_000, START + 1_000);
        assertTrue(range.advance(START + 1_000, boundaries), "by the fastest partition");
        assertFalse(range.advance(START + 2_000, boundaries));

        range.message(1, START + 40_000, START + 3_000);
        assertTrue(range.advance(START + 3_000, boundaries), "by the slowest partition");
    }

    @Test
    void followsTheWallClockWhereAPartitionIsSilent() {
        range.message(0, START, START);
        range.message(1, START, START);
        range.advance(START + 29_999, NONE);
        assertEquals(List.of(START), range.pricingTimes(START, NONE));

        range.advance(START + 30_000, NONE);
        assertEquals(List.of(START + 25_000, START), range.pricingTimes(START, NONE));

        range.advance(START + 60_000, NONE);
        assertEquals(List.of(START + 55_000, START + 44_999), range.pricingTimes(START, NONE));
    }
}
