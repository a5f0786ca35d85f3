package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.AuditedKey.Sent;
import io.slackwater.pricing.demo.ContractModel.Subject;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import java.util.ArrayList;
import java.util.List;

/**
 * What the rules say of a stock level now: by the newest catalog entry and the book in force, as of
 * every time that the job's event time may have reached.
 */
final class PossibleQuotes {

    private final CatalogHistory catalog;
    private final AcceptedBooks books;
    private final EventTimeRange eventTime;

    /** What the rules say as of a time, epoch milliseconds. */
    record QuoteAt(Quote quote, long asOf) {}

    PossibleQuotes(CatalogHistory catalog, AcceptedBooks books, EventTimeRange eventTime) {
        this.catalog = catalog;
        this.books = books;
        this.eventTime = eventTime;
    }

    /** Returns the quotes of a level, that of the latest time first; never empty. */
    List<QuoteAt> of(Sent sent) {
        Subject subject = Subject.of(sent.level(), catalog.newest(sent.level().productId()));
        List<QuoteAt> quotes = new ArrayList<>();
        for (long asOf : eventTime.pricingTimes(sent.version().eventTime(), books.boundaries())) {
            quotes.add(new QuoteAt(ContractPrice.quote(books.at(asOf), subject, asOf), asOf));
        }
        return quotes;
    }
}
