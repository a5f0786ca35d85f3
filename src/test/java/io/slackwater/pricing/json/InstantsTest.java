package io.slackwater.pricing.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstantsTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-21T08:00:00Z,               2026-11-21T08:00:00.000Z",
        "2026-11-21T08:00:00.123Z,           2026-11-21T08:00:00.123Z",
        "2026-11-21T08:00:00.1Z,             2026-11-21T08:00:00.100Z",
        "2026-11-21T08:00:00.123456789Z,     2026-11-21T08:00:00.123Z",
        "2026-11-21T08:00Z,                  2026-11-21T08:00:00.000Z",
        "2026-11-21T08:00:00+01:00,          2026-11-21T07:00:00.000Z",
        "2026-11-21T08:00:00.5-05:30,        2026-11-21T13:30:00.500Z",
        "2026-11-21T08:00:00+0100,           2026-11-21T07:00:00.000Z",
        "2026-11-21T08:00:00+01,             2026-11-21T07:00:00.000Z",
        "2026-11-21T08:00:00-0530,           2026-11-21T13:30:00.000Z",
        "2026-11-21T08:00:00-05,             2026-11-21T13:00:00.000Z",
        "2026-11-21T08:00+0100,              2026-11-21T07:00:00.000Z",
        "2026-11-21T08:00+01,                2026-11-21T07:00:00.000Z",
        "2026-11-21T08:00:00.123+0100,       2026-11-21T07:00:00.123Z",
        "2026-11-21T08:00:00.123456+01,      2026-11-21T07:00:00.123Z",
        "'2026-11-21T08:00:00,123Z',         2026-11-21T08:00:00.123Z",
        "'2026-11-21T08:00:00,5Z',           2026-11-21T08:00:00.500Z",
        "'2026-11-21T08:00:00,123456789Z',   2026-11-21T08:00:00.123Z",
        "'2026-11-21T08:00:00,5+0100',       2026-11-21T07:00:00.500Z",
        "'2026-11-21T08:00:00,123+01:00',    2026-11-21T07:00:00.123Z",
        "2026-01-01T00:30:00+01:00,          2025-12-31T23:30:00.000Z",
        "2024-02-29T12:00:00Z,               2024-02-29T12:00:00.000Z",
        "2000-02-29T23:59:59.999Z,           2000-02-29T23:59:59.999Z",
        "1969-12-31T23:59:59.999Z,           1969-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00Z,               0000-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z,           9999-12-31T23:59:59.999Z",
    })
    void readsTimesWithAnOffset(String text, String expected) {
        assertEquals(expected, Instants.format(Instants.parse(text)));
        assertEquals(Instant.parse(expected).toEpochMilli(), Instants.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2026-11-21",
                "2026-11-21T08:00:00",
                "2026-11-21 08:00:00Z",
                "2026-11-21T24:00:00Z",
                "2026-11-21T23:60:00Z",
                "2026-11-21T23:59:60Z",
                "2026-02-29T00:00:00Z",
                "1900-02-29T00:00:00Z",
                "2026-04-31T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-01-00T00:00:00Z",
                "10000-01-01T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "9999-12-31T23:59:59-01:00",
                "-0001-12-31T23:59:59Z",
                "2026-11-21T08:00:00+19:00",
                "2026-11-21T08:00:00+1900",
                "2026-11-21T08:00:00+1",
                "2026-11-21T08:00:00+100",
                "2026-11-21T08:00:00+01000",
                "2026-11-21T08:00:00+01:0",
                "2026-11-21T08:00:00+0160",
                "2026-11-21T08:00,5Z",
                "2026-11-21T08,5Z",
                "2026-11-21T08Z",
                "2026-11-21",
                "2026-11-2101",
                "2026-11-21T08:00:00,12,3Z",
                "2026-11-21T08:00:00;123Z",
                "2026-11-21T08:00:00.12:Z",
                "2026-11-21T08:00:00.-12Z",
                "2026-11-2xT08:00:00Z",
                "2026-11-21T08:00:00Z ",
                " 2026-11-21T08:00:00Z",
                "2026-11-21T08:00:00.0000000000000000000000000001Z",
                "1795248000000"
            })
    void refusesWhatIsNotATime(String text) {
        assertEquals(Instants.INVALID, Instants.parse(text));
    }

    @Test
    void readsAndWritesLikeTheLibraryForRandomInstants() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            long millis = random.nextLong(-62_167_219_200_000L, Instants.MAX + 1);
            String written = Instants.format(millis);
            assertEquals(millis, Instant.parse(written).toEpochMilli(), written);
            assertEquals(millis, Instants.parse(written), written);
            assertEquals(24, written.length(), written);
        }
    }

    @Test
    void readsEveryDayOfFourCenturies() {
        for (long day = -146_097; day <= 146_097; day++) {
            Instant instant = Instant.ofEpochSecond(day * 86_400);
            assertEquals(instant.toEpochMilli(), Instants.parse(instant.toString()));
            assertEquals(
                    instant.toString().replace("Z", ".000Z"),
                    Instants.format(instant.toEpochMilli()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -62_167_219_200_001L, Instants.MAX + 1, Long.MAX_VALUE})
    void writesInstantsThatItWouldNotRead(long millis) {
        assertEquals(Instant.ofEpochMilli(millis).toString(), Instants.format(millis));
    }
}
