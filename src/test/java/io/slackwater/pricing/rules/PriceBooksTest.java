package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.testing.Books;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PriceBooksTest {

    @Test
    void knowsNothingWithoutABook() {
        PriceBooks none = new PriceBooks(List.of());
        assertTrue(none.isEmpty());
        assertNull(none.holdsAt(0));
        assertEquals(Long.MAX_VALUE, none.nextChange(Long.MIN_VALUE));
    }

    @Test
    void beginsAtItsFirstMillisecondAndEndsBeforeItsLast() {
        PriceBooks books = books(Books.book(1).from(0L), Books.book(2).from(100L).to(200L));
        assertEquals(1, version(books, 99));
        assertEquals(2, version(books, 100));
        assertEquals(2, version(books, 199));
        assertEquals(1, version(books, 200));
        assertEquals(100, books.nextChange(0));
        assertEquals(200, books.nextChange(100));
        assertEquals(Long.MAX_VALUE, books.nextChange(200));
        assertTrue(books.changesAt(100));
        assertFalse(books.changesAt(150));
    }

    @Test
    void letsTheOldestBookPriceWhatIsOlderThanEveryBook() {
        PriceBooks books = books(Books.book(3).from(500L), Books.book(2).from(900L));
        assertEquals(3, version(books, 0));
        assertEquals(3, version(books, 600));
    }

    @Test
    void letsTheNewestVersionDecideWhateverTheOrder() {
        PriceBooks one = books(Books.book(1).from(0L), Books.book(2).from(100L));
        PriceBooks other = books(Books.book(2).from(100L), Books.book(1).from(0L));
        for (long time : new long[] {-1, 0, 99, 100, 101}) {
            assertEquals(version(one, time), version(other, time));
        }
    }

    @Test
    void ignoresAScheduledVersionThatANewerOneOvertook() {
        PriceBooks books =
                books(Books.book(1).from(0L), Books.book(2).from(300L), Books.book(3).from(100L));
        assertEquals(3, version(books, 300));
        assertEquals(Long.MAX_VALUE, books.nextChange(100));
    }

    @Test
    void pricesNothingAfterEveryBookHasEnded() {
        PriceBooks books = books(Books.book(1).from(0L).to(100L));
        assertEquals(1, version(books, -5));
        assertNull(books.holdsAt(100));
    }

    @Test
    void knowsWhenARuleOfTheBookThatDecidesBeginsOrEnds() {
        PriceBooks books =
                new PriceBooks(
                        List.of(
                                Draft.book(
                                                Draft.costs("a", "1").from(150L).to(250L),
                                                Draft.costs("b", "1").to(500L),
                                                Draft.costs("never", "1").from(180L).to(180L))
                                        .holds(100, Long.MAX_VALUE)
                                        .compile(),
                                // Decides from 200 to 300 only.
                                Draft.book(
                                                Draft.costs("c", "1").from(50L).to(220L),
                                                Draft.costs("d", "1").from(200L).to(300L),
                                                Draft.costs("e", "1").from(299L).to(301L))
                                        .version(2)
                                        .holds(200, 300)
                                        .compile()));
        assertEquals(List.of(150L, 200L, 220L, 299L, 300L, 500L), changes(books));
        assertTrue(books.changesAt(220));
        // Of the first book, while the second decides.
        assertFalse(books.changesAt(250));
        assertFalse(books.changesAt(301));
        assertEquals(300, books.nextChange(299));
    }

    @Test
    void countsWhatTheOldestBookDoesBeforeItBegins() {
        PriceBooks books =
                new PriceBooks(
                        List.of(
                                Draft.book(Draft.costs("a", "1").from(20L).to(120L))
                                        .holds(100, Long.MAX_VALUE)
                                        .compile()));
        // It prices what is older than every book.
        assertEquals(List.of(20L, 120L), changes(books));
    }

    @Test
    void leavesOutTheRulesOfABookThatNeverDecides() {
        PriceBooks books =
                new PriceBooks(
                        List.of(
                                Draft.book().compile(),
                                Draft.book(Draft.costs("a", "1").from(20L))
                                        .version(2)
                                        .holds(10, 30)
                                        .compile(),
                                Draft.book().version(3).holds(5, 40).compile()));
        assertEquals(List.of(5L, 40L), changes(books));
    }

    @Test
    void knowsEveryMomentAtWhichAnotherBookOrRuleIsInForce() {
        for (long seed = 1; seed <= 2_000; seed++) {
            Random random = new Random(seed);
            RandomRules rules = new RandomRules(random);
            List<PriceBook> known = new ArrayList<>();
            for (int version = random.nextInt(5); version > 0; version--) {
                int from = random.nextInt(RandomRules.END);
                long to = random.nextBoolean() ? Long.MAX_VALUE : from + 1 + random.nextInt(40);
                known.add(
                        new PriceBook(
                                rules.book(version, random.nextInt(4)), new Period(from, to)));
            }
            PriceBooks books = new PriceBooks(known);
            List<Long> expected = new ArrayList<>();
            for (long t = -10; t < 2 * RandomRules.END; t++) {
                PriceBook before = books.holdsAt(t - 1);
                PriceBook now = books.holdsAt(t);
                boolean changes = before != now;
                if (now != null && before == now) {
                    for (ReadyRule<?> ready : now.rules()) {
                        changes |= ready.holdsAt(t - 1) != ready.holdsAt(t);
                    }
                }
                assertEquals(changes, books.changesAt(t), "seed " + seed + " at " + t);
                if (changes) {
                    expected.add(t);
                }
            }
            assertEquals(expected, changes(books), "seed " + seed);
        }
    }

    private static List<Long> changes(PriceBooks books) {
        List<Long> changes = new ArrayList<>();
        for (long moment = books.nextChange(Long.MIN_VALUE);
                moment != Long.MAX_VALUE;
                moment = books.nextChange(moment)) {
            changes.add(moment);
        }
        return changes;
    }

    private static long version(PriceBooks books, long time) {
        return books.holdsAt(time).version();
    }

    private static PriceBooks books(Books... books) {
        return new PriceBooks(Arrays.stream(books).map(Books::compile).toList());
    }
}
