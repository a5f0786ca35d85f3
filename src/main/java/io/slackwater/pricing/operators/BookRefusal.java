package io.slackwater.pricing.operators;

import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.json.KafkaKeys;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.AcceptedBook;
import io.slackwater.pricing.model.RuleBookLedger;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.rules.BookCalendar;
import io.slackwater.pricing.rules.CircuitBreaker;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.PriceSample;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.settings.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says why a rule book without a fault is refused all the same: its time is over, too many versions
 * would have to be kept for it, or it would move too many prices too far.
 */
final class BookRefusal {

    /** The version that decides, and the one that comes next. */
    private static final int FEWEST_VERSIONS = 2;

    /** How many versions are kept before event time is known. */
    private static final int MOST_VERSIONS = 1_000;

    private final int mostVersions;
    private final boolean live;
    private final CircuitBreaker breaker;

    /** The kept versions, as far as they were needed; a stored book is read once. */
    private final Map<Long, PriceBook> compiled = new HashMap<>();

    BookRefusal(Settings.Pricing settings) {
        mostVersions = Math.max(FEWEST_VERSIONS, settings.keptVersions());
        live = settings.live();
        breaker = new CircuitBreaker(settings.breakerSharePercent(), settings.breakerMovePercent());
    }

    /**
     * Forgets as many versions as it may, and never one that still decides.
     *
     * @param reached the event time reached, epoch milliseconds; {@code Long.MIN_VALUE}: none yet.
     *     Then any version may still decide, and only a great many are forgotten
     * @param now the event time reached or, where there is none, a time that may be it
     */
    BookCalendar keep(BookCalendar all, long reached, long now) {
        return reached == Long.MIN_VALUE
                ? all.forget(Math.max(MOST_VERSIONS, mostVersions), now)
                : all.forget(mostVersions, reached);
    }

    /**
     * Returns what is wrong with a book, by itself and beside its Kafka record; empty: nothing.
     *
     * @param isTimestampPlausible whether the record's timestamp may stand for an absent begin
     */
    static List<Reason> faults(
            RuleBookReader.Result read, RuleBookMessage message, boolean isTimestampPlausible) {
        List<Reason> reasons = new ArrayList<>(read.reasons());
        if (read.book() != null && read.book().effectiveFrom() == null && !isTimestampPlausible) {
            reasons.add(
                    new Reason(
                            "RECORD_TIMESTAMP_INVALID",
                            "/effective_from",
                            "effective_from is absent, and the Kafka record's timestamp, which"
                                    + " counts in its place, is "
                                    + message.source().timestamp()
                                    + "; allowed: epoch milliseconds of the years 2000 to 9999."));
        }
        if (read.bookId() != null && !KafkaKeys.agrees(message.key(), "book_id", read.bookId())) {
            reasons.add(
                    new Reason(
                            "KEY_MISMATCH",
                            "/book_id",
                            "The Kafka key names another book; allowed: the book_id, or no key."));
        }
        return reasons;
    }

    /**
     * Returns why a book is refused; null where it is not.
     *
     * @param source of its message; without an offset where the lake tells it again at a start: it
     *     was let through when it came
     * @param before what is stored
     * @param after what would be stored
     * @param all the versions that would be known
     * @param now the event time reached, epoch milliseconds
     * @param sample the products that it is tried on
     */
    Reason reason(
            RuleBook book,
            AcceptedBook accepted,
            Source source,
            RuleBookLedger before,
            RuleBookLedger after,
            BookCalendar all,
            long now,
            PriceSample sample) {
        long to = accepted.effectiveTo();
        // A start without state reads books whose time is over by now; when they came, it was not.
        // One that begins with its record, after its end, never holds.
        long begin = accepted.effectiveFrom();
        if ((live && to <= now && to <= source.timestamp()) || to <= begin) {
            return new Reason(
                    "BOOK_IS_OVER",
                    "/effective_to",
                    "effective_to is %s, and the event time reached is %s: the book would never decide a price; allowed: a time that is still ahead."
                            .formatted(Instants.format(to), Instants.format(Math.max(now, begin))));
        }
        // A start without state reads the books before the time that they were published for.
        int needed = all.forget(mostVersions, Math.max(now, source.timestamp())).terms().size();
        if (needed > mostVersions) {
            return new Reason(
                    "TOO_MANY_VERSIONS",
                    "",
                    "With this version %d versions would have to be kept, because each still decides at some time to come; allowed: %d (pricing.kept.versions). Publish fewer versions for later, with rules that begin and end by themselves."
                            .formatted(needed, mostVersions));
        }
        boolean again = source.offset() < 0;
        return breaker.isOn() && !book.force() && !again && !before.books().isEmpty()
                ? tooFar(book, accepted, before, after, now, sample)
                : null;
    }

    private Reason tooFar(
            RuleBook book,
            AcceptedBook accepted,
            RuleBookLedger before,
            RuleBookLedger after,
            long now,
            PriceSample sample) {
        compiled.keySet().retainAll(before.books().stream().map(AcceptedBook::version).toList());
        List<PriceBook> known = new ArrayList<>();
        for (AcceptedBook stored : before.books()) {
            known.add(
                    compiled.computeIfAbsent(
                            stored.version(),
                            version ->
                                    compile(
                                            RuleBookReader.readAccepted(stored.document()),
                                            stored)));
        }
        // Not remembered: a refused version may come again with another document.
        List<PriceBook> next = new ArrayList<>(known);
        next.add(compile(book, accepted));
        return breaker.refusal(
                sample,
                new PriceBooks(known, before.retired()),
                new PriceBooks(next, after.retired()),
                now);
    }

    private static PriceBook compile(RuleBook book, AcceptedBook accepted) {
        return new PriceBook(book, accepted.period());
    }
}
