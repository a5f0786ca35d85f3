package io.slackwater.pricing.tools;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.rules.RuleBook;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells people in sentences why a price is what it is. */
final class ExplanationText {

    private ExplanationText() {}

    /**
     * Says in a sentence why there is no price.
     *
     * @param at the moment, as it was asked for
     */
    static String unknown(Explanation answer, String at) {
        if (answer.firstAt() != null) {
            return "%s had no price at %s: its first one is of %s."
                    .formatted(capital(where(answer)), at, Wording.time(answer.firstAt()));
        }
        if (!answer.superseded().isEmpty()) {
            return "%s has no price in the lake. %s."
                    .formatted(capital(where(answer)), supersededNote(answer.superseded()));
        }
        return "Nothing is known of %s: it was never priced, or not before the job's last checkpoint. IDs are case-sensitive."
                .formatted(where(answer));
    }

    private static String where(Explanation answer) {
        return "product "
                + Wording.plain(answer.product())
                + " in warehouse "
                + Wording.plain(answer.warehouse());
    }

    /** Prints the explanation of a price, or of its withdrawal. */
    static void print(Explanation answer, PrintWriter out) {
        PricingEvent row = answer.row();
        if (answer.isWithdrawn()) {
            tellWithdrawn(out, answer);
        } else {
            out.println(
                    "%s costs %s%s since %s%s."
                            .formatted(
                                    capital(where(answer)),
                                    Wording.amount(row.price(), row.currency()),
                                    row.priceTier() == null
                                            ? ""
                                            : " (tier " + Wording.plain(row.priceTier()) + ")",
                                    Wording.time(answer.since()),
                                    until(answer)));
            new TreeMap<>(row.segmentPrices())
                    .forEach(
                            (segment, price) ->
                                    out.println(
                                            "Customers of segment %s pay %s."
                                                    .formatted(
                                                            Wording.plain(segment),
                                                            Wording.amount(
                                                                    price, row.currency()))));
            out.println(
                    "It is price version %d%s. %s"
                            .formatted(
                                    row.priceVersion(),
                                    row.previousPrice() == null
                                            ? ", before which it had none"
                                            : answer.isAsBefore()
                                                    ? ", and the amount is as before"
                                                    : "; before, it was "
                                                            + Wording.amount(
                                                                    row.previousPrice(),
                                                                    row.previousCurrency())
                                                            + (answer.isOtherCurrency()
                                                                    ? ", in another currency"
                                                                    : ""),
                                    because(row)));
        }
        out.println();
        out.println(stock(row.stock()));
        if (!answer.superseded().isEmpty()) {
            out.println(supersededNote(answer.superseded()) + ".");
        }
        if (answer.isWithdrawn()) {
            return;
        }
        out.println(book(row, answer.best()));
        if (answer.ended() != null) {
            out.println(endedNote(row, answer.ended()));
        }
        out.println();
        out.println("How the price was made");
        int number = 1;
        for (TraceStep step : row.trace()) {
            out.println("  %2d. %s".formatted(number++, sentence(step, row.currency())));
            if (!step.lost().isEmpty()) {
                out.println("      Also matched: " + Wording.plain(lost(step)) + ".");
            }
        }
        out.println();
        tellRecomputed(out, answer);
    }

    private static void tellWithdrawn(PrintWriter out, Explanation answer) {
        PricingEvent row = answer.row();
        out.println(
                "%s has no price since %s%s."
                        .formatted(
                                capital(where(answer)),
                                Wording.time(row.effectiveAt()),
                                until(answer)));
        out.println(
                "The price was withdrawn%s, %s"
                        .formatted(
                                row.previousPrice() == null
                                        ? ""
                                        : " (it was "
                                                + Wording.amount(
                                                        row.previousPrice(),
                                                        row.previousCurrency() == null
                                                                ? answer.currency()
                                                                : row.previousCurrency())
                                                + ")",
                                switch (row.cause()) {
                                    case INVENTORY ->
                                            "for its product was delisted, its warehouse vanished from a complete message, or no rule priced its new stock level.";
                                    case RULE_BOOK ->
                                            "for a new rule book gives it none, or the book was retired.";
                                    case SCHEDULE ->
                                            "for the rules that hold from then on give it none, or the last book had ended.";
                                    case CATALOG ->
                                            "for its catalog entry changed and names no tier that the book knows.";
                                }));
    }

    private static String until(Explanation answer) {
        PricingEvent next = answer.next();
        if (next == null) {
            return "";
        }
        return " until "
                + Wording.time(next.effectiveAt())
                + (next.price() == null
                        ? ", when it was withdrawn"
                        : ", when it became " + Wording.amount(next.price(), next.currency()));
    }

    private static String because(PricingEvent row) {
        return switch (row.cause()) {
            case INVENTORY -> "It was priced because its stock level came.";
            case RULE_BOOK -> "It was priced because a rule book came.";
            case SCHEDULE -> "It was priced because a book or a rule began or ended.";
            case CATALOG -> "It was priced because its catalog entry changed.";
        };
    }

    private static String stock(StockLevel stock) {
        return "Stock: %s, as of %s%s%s."
                .formatted(
                        Wording.count(stock.quantity(), "piece", "pieces"),
                        Wording.time(stock.version().eventTime()),
                        stock.deliveryTime() == StockLevel.ABSENT
                                ? ""
                                : "; delivered in "
                                        + Wording.count(stock.deliveryTime(), "day", "days"),
                        stock.restockingTime() == StockLevel.ABSENT
                                ? ""
                                : "; restocked in "
                                        + Wording.count(stock.restockingTime(), "day", "days"));
    }

    private static String supersededNote(List<PricingEvent> superseded) {
        PricingEvent newest = superseded.get(0);
        for (PricingEvent row : superseded) {
            newest = newest.stock().version().isOlderThan(row.stock().version()) ? row : newest;
        }
        return "%s came too late, superseded by a newer one, and priced nothing; the newest of them had %s as of %s"
                .formatted(
                        Wording.count(superseded.size(), "stock level", "stock levels"),
                        Wording.count(newest.stock().quantity(), "piece", "pieces"),
                        Wording.time(newest.stock().version().eventTime()));
    }

    private static String book(PricingEvent row, Recomputation recomputed) {
        StringBuilder text = new StringBuilder("Rule book: ").append(Wording.plain(row.ruleBook()));
        if (recomputed != null) {
            if (recomputed.book().publishedAt() != null) {
                text.append(", published ").append(Wording.time(recomputed.book().publishedAt()));
            }
            String comment = comment(recomputed.book());
            if (comment != null) {
                text.append(", ").append(Wording.quoted(comment));
            }
        }
        return text.append("; asked as of ")
                .append(Wording.time(row.effectiveAt()))
                .append('.')
                .toString();
    }

    private static String endedNote(PricingEvent row, RuleStatus ended) {
        String book = Wording.plain(row.ruleBook());
        String at = Wording.time(ended.at());
        if (ended.state() == State.RETIRED) {
            return "%s was retired at %s: the price is withdrawn, or will be at once."
                    .formatted(book, at);
        }
        if (ended.deciding() == null) {
            return "%s has ended at %s, and no version decides since: the price is withdrawn, or will be at once."
                    .formatted(book, at);
        }
        return "%s has ended at %s; %s@%d decides since, and says the same, or has not come to this price yet."
                .formatted(
                        book,
                        at,
                        Wording.plain(row.ruleBook().substring(0, row.ruleBook().lastIndexOf('@'))),
                        ended.deciding());
    }

    private static String comment(RuleStatus accepted) {
        RuleBook book =
                RuleBookReader.readAgain(accepted.document().getBytes(StandardCharsets.UTF_8))
                        .book();
        return book == null ? null : book.comment();
    }

    private static String sentence(TraceStep step, String currency) {
        String source = Wording.plain(step.source());
        String detail = step.detail().isEmpty() ? "" : ", " + Wording.plain(step.detail());
        String after = Wording.amount(step.after(), currency);
        return switch (step.step()) {
            case BASE ->
                    "%s is %s.%s"
                            .formatted(
                                    step.tier() == null
                                            ? "The list price of the product"
                                            : "The base price of tier "
                                                    + Wording.plain(step.tier()),
                                    after,
                                    step.category() == null
                                            ? ""
                                            : " Its category is "
                                                    + Wording.plain(step.category())
                                                    + ".");
            case ROUNDING -> "Rounding (%s%s) %s.".formatted(source, detail, turns(step, currency));
            case SEGMENT ->
                    "For customers of segment %s it is %s instead of %s%s."
                            .formatted(
                                    source,
                                    after,
                                    step.before() == null
                                            ? "?"
                                            : Wording.number(step.before(), currency),
                                    detail.isEmpty() ? "" : " (" + detail.substring(2) + ")");
            case HOLD ->
                    "Rule %s (hold%s) keeps %s%s."
                            .formatted(
                                    source,
                                    detail,
                                    after,
                                    step.before() == null
                                            ? ""
                                            : ", though "
                                                    + Wording.amount(step.before(), currency)
                                                    + " is due");
            // What a rule of any other kind has made of the amount.
            default ->
                    "Rule %s (%s%s) %s."
                            .formatted(
                                    source,
                                    step.step().text().replace('_', ' '),
                                    detail,
                                    turns(step, currency));
        };
    }

    /** The rules that lost, such as {@code scarcity (less specific)}. */
    private static String lost(TraceStep step) {
        return Stream.of(step.lost().split("; ", -1))
                .map(one -> one.replaceFirst("^(.+?): (.+)$", "$1 ($2)"))
                .collect(Collectors.joining("; "));
    }

    private static String turns(TraceStep step, String currency) {
        if (step.before() == null) {
            return "makes " + Wording.amount(step.after(), currency); // A row of release 0.1.0.
        }
        return step.before().compareTo(step.after()) == 0
                ? "leaves " + Wording.amount(step.after(), currency)
                : "turns "
                        + Wording.number(step.before(), currency)
                        + " into "
                        + Wording.amount(step.after(), currency);
    }

    private static void tellRecomputed(PrintWriter out, Explanation answer) {
        PricingEvent row = answer.row();
        Recomputation best = answer.best();
        String book = Wording.plain(row.ruleBook());
        if (best == null) {
            out.println(
                    "It cannot be recomputed: the document of "
                            + book
                            + " is not in pricing.rule_books.");
            return;
        }
        if (best.agrees()) {
            out.println(
                    "Recomputed from this row and %s: %s%s. It matches."
                            .formatted(
                                    book,
                                    Wording.amount(best.price().amount(), row.currency()),
                                    Recomputation.hold(row) == null
                                            ? ""
                                            : ", as was due before the hold"));
        } else {
            out.println(
                    "Recomputed from this row and %s, it does NOT MATCH: %s."
                            .formatted(book, Wording.lines(String.join("; ", best.differences()))));
        }
        if (answer.recomputed().size() > 1) {
            out.println(
                    "(%s was published %d times with different contents; this is about the one of %s.)"
                            .formatted(
                                    book,
                                    answer.recomputed().size(),
                                    best.book().publishedAt() == null
                                            ? "an unknown time"
                                            : Wording.time(best.book().publishedAt())));
        }
    }

    private static String capital(String sentence) {
        return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
