package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.dashboard.Controls.State;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CounterBalanceTest {

    private final CounterBalance balance = new CounterBalance();

    private State after(long second, long lines, long priced) {
        balance.note(1_000 * second, Map.of("lines", lines, "priced", priced));
        return balance.promise().state();
    }

    @Test
    void isCheckingWhileTheJobCountsNothing() {
        assertEquals(State.CHECKING, balance.promise().state());
        balance.note(0, Map.of());
        assertEquals(State.CHECKING, balance.promise().state());
    }

    @Test
    void isKeptWhileLinesAreOnTheirWay() {
        for (int second = 0; second < 300; second += 2) {
            assertEquals(State.KEPT, after(second, 100 * second + 150, 100 * second));
        }
    }

    @Test
    void breaksWhereALineEndsNowhere() {
        assertEquals(State.KEPT, after(0, 100, 99));
        assertEquals(State.CHECKING, after(30, 100, 99));
        assertEquals(State.BROKEN, after(80, 100, 99));
    }

    @Test
    void breaksWhereALineEndsTwice() {
        after(0, 100, 101);
        assertEquals(State.BROKEN, after(80, 100, 101));
    }

    @Test
    void beginsAnewWhenTheJobGoesBackToACheckpoint() {
        after(0, 1_000, 900);
        assertEquals(State.KEPT, after(60, 500, 500));
        assertEquals(State.KEPT, after(62, 600, 590));
    }
}
