package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.ContractModel.Book;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The accepted versions of the rule book: which of them decides when, as the contract says. It
 * forgets nothing, except what a retirement takes back.
 */
public final class ContractBooks {

    /** The outcomes for a book that is valid. */
    public enum Verdict {
        /** Its version is at or below the newest one seen. */
        STALE,
        /** Its time is over when it comes. */
        OVER,
        /** With it, more versions can still decide than may be kept. */
        TOO_MANY,
        /** It is accepted. */
        ACCEPTED
    }

    private final List<Book> books = new ArrayList<>();
    private long newest;
    private boolean retired;

    /** The begin of the oldest book ever known, until a retirement. */
    private long begin = Long.MAX_VALUE;

    /** The same books, for another history. */
    public ContractBooks copy() {
        ContractBooks copy = new ContractBooks();
        copy.books.addAll(books);
        copy.newest = newest;
        copy.retired = retired;
        copy.begin = begin;
        return copy;
    }

    /**
     * Returns what becomes of a valid book.
     *
     * @param reached the event time reached, epoch milliseconds
     * @param published the record's timestamp: a book that is read late was not over when it came;
     *     {@code Long.MIN_VALUE}: it never was, for the run reads history
     * @param judged the time from which on versions that decide are counted
     * @param most how many versions may be kept
     */
    public Verdict verdict(Book book, long reached, long published, long judged, int most) {
        if (book.version() <= newest) {
            return Verdict.STALE;
        }
        if (book.to() <= Math.max(book.from(), Math.min(reached, published))) {
            return Verdict.OVER;
        }
        ContractBooks after = copy();
        after.accept(book);
        return after.needed(judged) > most ? Verdict.TOO_MANY : Verdict.ACCEPTED;
    }

    /** A book that is accepted; one whose version is not the newest changes nothing. */
    public void accept(Book book) {
        if (book.version() > newest) {
            newest = book.version();
            begin = Math.min(begin, book.from());
            books.add(book);
        }
    }

    /** No version that was published until now decides any more. */
    public void retire() {
        if (newest > 0) {
            retired = true;
            books.clear();
        }
    }

    /** The newest version ever accepted; 0: none. */
    public long newest() {
        return newest;
    }

    /** Every version that was accepted and not retired, in the order in which they came. */
    public List<Book> all() {
        return List.copyOf(books);
    }

    /**
     * The newest version that holds; before every book that was ever known, the oldest one, unless
     * the book was retired; null: none decides.
     */
    public Book at(long time) {
        Book best = null;
        Book oldest = null;
        for (Book book : books) {
            if (book.holdsAt(time) && (best == null || book.version() > best.version())) {
                best = book;
            }
            if (oldest == null
                    || book.from() < oldest.from()
                    || (book.from() == oldest.from() && book.version() > oldest.version())) {
                oldest = book;
            }
        }
        return best == null && !retired && time < begin ? oldest : best;
    }

    /** The versions that decide at a moment or later. */
    public Map<Long, Book> deciding(long from) {
        TreeSet<Long> moments = new TreeSet<>(Set.of(from));
        for (Book book : books) {
            moments.add(Math.max(from, book.from()));
            moments.add(Math.max(from, book.to()));
        }
        moments.remove(Long.MAX_VALUE);
        Map<Long, Book> deciding = new TreeMap<>();
        for (long moment : moments) {
            Book book = at(moment);
            if (book != null) {
                deciding.put(book.version(), book);
            }
        }
        return deciding;
    }

    /**
     * Returns how many versions have to be known for the same ones to decide at a moment or later.
     */
    private int needed(long from) {
        Map<Long, Book> deciding = deciding(from);
        ContractBooks only = new ContractBooks();
        only.retired = retired;
        deciding.values().forEach(only::accept);
        // Before the first of them none decides, and only an older version tells so.
        boolean gap = at(from) == null && only.at(from) != null;
        return deciding.size() + (gap ? 1 : 0);
    }
}
