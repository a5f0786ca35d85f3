package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.testing.Books;
import java.util.Arrays;
import java.util.List;
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

    private static long version(PriceBooks books, long time) {
        return books.holdsAt(time).version();
    }

    private static PriceBooks books(Books... books) {
        return new PriceBooks(Arrays.stream(books).map(Books::compile).toList());
    }
}
