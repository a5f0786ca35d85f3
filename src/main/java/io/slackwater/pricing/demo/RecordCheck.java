package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.AuditedKey.Sent;
import io.slackwater.pricing.demo.ContractModel.Book;
import io.slackwater.pricing.demo.ContractModel.Subject;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import io.slackwater.pricing.model.CatalogEntry;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;

/**
 * Checks every record of {@code price_list}: is it what the book that it names says of the stock
 * level that it names, at the time that it names? Catalog and stock are not ordered against each
 * other, so any entry that the product had counts. A record that cannot be explained once
 * everything is read is wrong for certain, and stays so.
 *
 * <p>Times are epoch milliseconds. For one thread.
 */
final class RecordCheck {

    /** After this time every input that a price was made of has been read. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /**
     * A record that nothing explains yet.
     *
     * @param before the price before it; null: there was none
     * @param changedAt since when there was that price
     * @param since when the record was read
     */
    private record Unexplained(
            AuditedKey key, PriceRecord price, PriceRecord before, long changedAt, long since) {

        boolean isDue(Quote quote) {
            return price.isDue(quote, before, changedAt, price.effectiveAt());
        }
    }

    private final CatalogHistory catalog;
    private final AcceptedBooks books;
    private final PricedOffsets offsets;
    private final List<Unexplained> unexplained = new LinkedList<>();
    private long explained;
    private long unchecked;
    private long wrong;
    private String firstWrong;

    /**
     * @param offsets are told of every price whose stock level is known
     */
    RecordCheck(CatalogHistory catalog, AcceptedBooks books, PricedOffsets offsets) {
        this.catalog = catalog;
        this.books = books;
        this.offsets = offsets;
    }

    /** Checks the next price of a key, which becomes the key's newest one. */
    void add(AuditedKey key, PriceRecord price, long now) {
        Unexplained added = new Unexplained(key, price, key.price(), key.changedAt(), now);
        key.price(price);
        if (fault(added) == null) {
            explain(added, now);
        } else {
            unexplained.add(added);
            key.countUnexplained(1);
        }
    }

    /**
     * Checks the records again that nothing has explained yet.
     *
     * @param readUntil everything that stood on the topics then has been read
     */
    void look(long now, long readUntil) {
        for (Iterator<Unexplained> each = unexplained.iterator(); each.hasNext(); ) {
            Unexplained open = each.next();
            String fault = fault(open);
            if (fault == null) {
                each.remove();
                open.key().countUnexplained(-1);
                explain(open, now);
            } else if (readUntil - open.since() > PATIENCE.toMillis()) {
                each.remove();
                open.key().countUnexplained(-1);
                countWrong(open, fault);
            }
        }
    }

    /** Returns why a record is not what the contract says; null: it is. */
    private String fault(Unexplained open) {
        PriceRecord price = open.price();
        Book book = books.named(price.book());
        if (book == null) {
            return "it names " + price.book() + ", which was never accepted";
        }
        if (!book.holdsAt(price.effectiveAt()) && price.effectiveAt() >= book.from()) {
            return price.book() + " did not hold at that time";
        }
        String fault = "no such stock level was sent";
        List<CatalogEntry> entries = catalog.candidates(open.key().product());
        for (Sent sent : open.key().levels()) {
            if (!sent.isNamedBy(price)) {
                continue;
            }
            for (int i = entries.size() - 1; i >= 0; i--) {
                Quote quote =
                        ContractPrice.quote(
                                book,
                                Subject.of(sent.level(), entries.get(i)),
                                price.effectiveAt());
                if (open.isDue(quote)) {
                    return null;
                }
                if (i == entries.size() - 1) {
                    fault = "the rules say " + quote.words();
                }
            }
        }
        return fault;
    }

    private void explain(Unexplained right, long now) {
        explained++;
        AuditedKey key = right.key();
        PriceRecord price = right.price();
        for (Sent sent : key.levels()) {
            if (sent.isNamedBy(price)) {
                offsets.priced(sent.version(), now);
                if (key.differs() && isDueNow(right, sent)) {
                    key.agrees();
                }
            }
        }
        if (key.price() == price && key.isExplained()) {
            // No price goes back to a level before this one; an earlier one that came before its
            // level was read, and is not explained yet, may.
            key.removeBefore(price.eventTime());
        }
    }

    /** By the book and the entry that count now: what differed before has been corrected. */
    private boolean isDueNow(Unexplained right, Sent sent) {
        long asOf = right.price().effectiveAt();
        Book book = books.at(asOf);
        CatalogEntry entry = catalog.newest(right.key().product());
        return book != null
                && right.isDue(ContractPrice.quote(book, Subject.of(sent.level(), entry), asOf));
    }

    private void countWrong(Unexplained one, String fault) {
        if (one.key().levelsDropped()) {
            unchecked++;
            return;
        }
        wrong++;
        if (firstWrong == null) {
            firstWrong =
                    "%s: version %d has the price %s, but %s."
                            .formatted(
                                    one.key(), one.price().version(), one.price().amounts(), fault);
        }
    }

    /** Returns how many prices were recomputed and found right. */
    long explained() {
        return explained;
    }

    /** Returns how many prices could not be checked: not all levels of their key were kept. */
    long unchecked() {
        return unchecked;
    }

    /** Returns how many prices are wrong for certain. */
    long wrong() {
        return wrong;
    }

    /** Returns one sentence about the first price that is wrong for certain; null: none is. */
    String firstWrong() {
        return firstWrong;
    }

    /** Returns how many prices nothing explains yet. */
    int unexplained() {
        return unexplained.size();
    }

    /** Returns one sentence about the first price that nothing explains yet; null: all are. */
    String firstUnexplained() {
        return unexplained.isEmpty()
                ? null
                : unexplained.get(0).key() + ": " + fault(unexplained.get(0)) + ".";
    }
}
