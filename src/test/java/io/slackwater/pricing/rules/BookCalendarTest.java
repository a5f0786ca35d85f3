package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.BookCalendar.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BookCalendarTest {

    private static final long FOREVER = Long.MAX_VALUE;
    private static final long FIRST_SEED = Long.getLong("seed", 1);

    @Test
    void letsTheNewestVersionDecideThatHolds() {
        BookCalendar calendar = calendar(term(1, 100, FOREVER), term(2, 200, 300));
        assertEquals(1, calendar.decidesAt(199).version());
        assertEquals(2, calendar.decidesAt(200).version());
        assertEquals(1, calendar.decidesAt(300).version());
        assertEquals(200, calendar.nextTakeover(0));
        assertEquals(300, calendar.nextTakeover(200));
        assertEquals(FOREVER, calendar.nextTakeover(300));
    }

    @Test
    void letsTheFirstVersionDecideBeforeAll() {
        BookCalendar calendar = calendar(term(1, 100, FOREVER), term(2, 50, 60));
        assertEquals(2, calendar.decidesAt(10).version());
        assertNull(calendar.decidesAt(70), "in a gap nobody does");
    }

    @Test
    void letsNobodyDecideBeforeAVersionThatCameAfterARetirement() {
        BookCalendar calendar = new BookCalendar(List.of(term(2, 100, FOREVER)), true);
        assertNull(calendar.decidesAt(99));
        assertEquals(2, calendar.decidesAt(100).version());
        assertEquals(100, calendar.nextTakeover(0));
    }

    @Test
    void keepsTheOldVersionThatDecidesWhileALaterOneIsCorrectedAgainAndAgain() {
        List<Term> terms = new ArrayList<>(List.of(term(1, 0, FOREVER)));
        for (int version = 2; version <= 30; version++) {
            terms.add(term(version, 1_000, FOREVER));
            BookCalendar kept = new BookCalendar(terms, false).forget(2, 500);
            terms = new ArrayList<>(kept.terms());
            assertEquals(1, kept.decidesAt(500).version());
            assertEquals(version, kept.decidesAt(1_000).version());
            assertEquals(2, terms.size());
        }
    }

    @Test
    void keepsAVersionThatDecidesAgainAfterAnother() {
        BookCalendar kept =
                calendar(term(1, 0, FOREVER), term(2, 10, 20), term(3, 100, 200)).forget(2, 50);
        assertEquals(List.of(3L, 1L), versions(kept));
    }

    @Test
    void keepsTheVersionWithoutWhichALaterOneWouldDecideInAGap() {
        // Without version 1, version 2 would be the first of all and decide before its begin.
        BookCalendar kept = calendar(term(1, 0, 10), term(2, 100, FOREVER)).forget(1, 50);
        assertEquals(List.of(2L, 1L), versions(kept));
        assertNull(kept.decidesAt(50));
    }

    @Test
    void keepsMoreThanAllowedWhereMoreAreNeeded() {
        BookCalendar kept =
                calendar(term(1, 0, FOREVER), term(2, 100, 200), term(3, 300, 400)).forget(2, 50);
        assertEquals(3, kept.terms().size());
        assertEquals(
                List.of(1L, 2L, 3L), kept.decidingFrom(50).stream().map(Term::version).toList());
    }

    @Test
    void neverChangesWhoDecidesByForgetting() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 3_000; seed++) {
            Random random = new Random(seed);
            List<Term> terms = new ArrayList<>();
            for (int version = 1; version <= 1 + random.nextInt(8); version++) {
                long from = random.nextInt(12);
                terms.add(
                        term(
                                version,
                                from,
                                random.nextBoolean() ? FOREVER : from + 1 + random.nextInt(6)));
            }
            BookCalendar all = new BookCalendar(terms, random.nextInt(4) == 0);
            long reached = random.nextInt(14);
            int most = 1 + random.nextInt(4);
            BookCalendar kept = all.forget(most, reached);
            for (long time = reached; time < 30; time++) {
                assertEquals(all.decidesAt(time), kept.decidesAt(time), "seed " + seed);
            }
            int needed = kept.decidingFrom(reached).size();
            assertTrue(
                    kept.terms().size() <= Math.max(most, needed + 1),
                    "seed " + seed + ": " + kept.terms());
        }
    }

    private static BookCalendar calendar(Term... terms) {
        return new BookCalendar(List.of(terms), false);
    }

    private static Term term(long version, long from, long to) {
        return new Term(version, new Period(from, to));
    }

    private static List<Long> versions(BookCalendar calendar) {
        return calendar.terms().stream().map(Term::version).toList();
    }
}
