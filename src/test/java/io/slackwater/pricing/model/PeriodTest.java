package io.slackwater.pricing.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeriodTest {

    @Test
    void holdsFromItsFirstMomentUntilBeforeItsLast() {
        Period period = Period.of(10L, 20L);
        assertFalse(period.holdsAt(9));
        assertTrue(period.holdsAt(10));
        assertTrue(period.holdsAt(19));
        assertFalse(period.holdsAt(20));
    }

    @Test
    void hasNoBeginningAndNoEndWhereNoneIsGiven() {
        assertSame(Period.ALWAYS, Period.of(null, null));
        assertTrue(Period.ALWAYS.holdsAt(Long.MIN_VALUE));
        assertTrue(Period.of(10L, null).holdsAt(Long.MAX_VALUE - 1));
        assertTrue(Period.of(10L, null).hasBeginning());
        assertFalse(Period.of(10L, null).hasEnd());
        assertFalse(Period.of(null, 20L).hasBeginning());
        assertTrue(Period.of(null, 20L).hasEnd());
    }

    @Test
    void intersectsInTheMomentsOfBoth() {
        assertEquals(Period.of(15L, 20L), Period.of(10L, 20L).intersect(Period.of(15L, null)));
        assertEquals(Period.of(10L, 20L), Period.ALWAYS.intersect(Period.of(10L, 20L)));
        assertTrue(Period.of(10L, 20L).intersect(Period.of(20L, 30L)).isEmpty());
        assertFalse(Period.of(10L, 21L).intersect(Period.of(20L, 30L)).isEmpty());
    }

    @Test
    void coversWhatBeginsNoEarlierAndEndsNoLater() {
        assertTrue(Period.ALWAYS.covers(Period.of(10L, 20L)));
        assertTrue(Period.of(10L, 20L).covers(Period.of(10L, 20L)));
        assertFalse(Period.of(10L, 20L).covers(Period.of(10L, null)));
        assertFalse(Period.of(10L, 20L).covers(Period.of(null, 20L)));
    }
}
