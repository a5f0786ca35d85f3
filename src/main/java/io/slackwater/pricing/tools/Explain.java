package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.settings.Settings;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Says why a product has the price that it has in a warehouse: from the row of {@code
 * pricing.events}, with its trace, and from the document of the book that it names. Then it makes
 * the price once more from what the row has stored, and says whether it comes to the same.
 */
@Command(
        name = "explain",
        description = {
            "Tells why a product has the price that it has in a warehouse, from the lake; makes the"
                    + " price once more from the stored inputs and the rule book, and says whether"
                    + " it agrees."
        },
        footer = {
            "",
            "Exit codes: 0 there is a price and it agrees, or it was withdrawn; 1 it does not agree,"
                    + " or nothing is known; 2 wrong use, or the lake cannot be read."
        },
        mixinStandardHelpOptions = true)
final class Explain implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private LakeOptions lakeOptions;

    @Parameters(index = "0", paramLabel = "PRODUCT", description = "the product's id")
    private String product;

    @Parameters(index = "1", paramLabel = "WAREHOUSE", description = "the warehouse's id")
    private String warehouse;

    @Option(
            names = "--at",
            paramLabel = "INSTANT",
            description =
                    "the price of that moment, such as 2026-11-21T08:00:00Z (default: newest)")
    private String at;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    /** What the lake knows of the price in question. */
    private record Answer(
            PricingEvent row,
            String currency,
            long since,
            PricingEvent next,
            List<PricingEvent> superseded,
            List<Recomputation> recomputed,
            RuleStatus ended) {

        /** The attempt that agrees, else the newest; null where the book is not known. */
        Recomputation best() {
            return recomputed.stream()
                    .filter(Recomputation::agrees)
                    .findFirst()
                    .orElse(recomputed.isEmpty() ? null : recomputed.get(0));
        }

        boolean isWithdrawn() {
            return row.outcome() == Outcome.WITHDRAWN;
        }

        boolean isGood() {
            return isWithdrawn() || (best() != null && best().agrees());
        }
    }

    @Override
    public Integer call() {
        return lakeOptions.read(spec, this::explain);
    }

    private int explain(LakeReader lake, Settings settings) {
        long moment = at == null ? Long.MAX_VALUE : Wording.parseTime("--at", at);
        PrintWriter out = spec.commandLine().getOut();
        List<PricingEvent> superseded = new ArrayList<>();
        List<PricingEvent> rows = new ArrayList<>();
        for (PricingEvent row : lake.rowsOf(product, warehouse)) {
            (row.outcome() == Outcome.SUPERSEDED ? superseded : rows).add(row);
        }
        int index = -1;
        for (int i = 0; i < rows.size(); i++) {
            // Not the newest of its time but the last that was written for that time: what came
            // late has put right what was there before.
            if (rows.get(i).effectiveAt() <= moment) {
                index = i;
            }
        }
        if (index < 0) {
            nothing(out, rows, superseded);
            return LakeOptions.NO;
        }
        Answer answer = answer(lake, rows, index, superseded, moment);
        if (json) {
            out.println(Wording.json(document(answer)));
        } else {
            tell(out, answer);
        }
        return answer.isGood() ? LakeOptions.GOOD : LakeOptions.NO;
    }

    private Answer answer(
            LakeReader lake,
            List<PricingEvent> rows,
            int index,
            List<PricingEvent> superseded,
            long moment) {
        PricingEvent row = rows.get(index);
        long since = row.effectiveAt();
        for (int i = index; i >= 0 && rows.get(i).priceVersion() == row.priceVersion(); i--) {
            if (rows.get(i).outcome() == row.outcome()) {
                since = Math.min(since, rows.get(i).effectiveAt());
            }
        }
        PricingEvent next = null;
        for (int i = index + 1; i < rows.size() && next == null; i++) {
            boolean other =
                    rows.get(i).priceVersion() != row.priceVersion()
                            || rows.get(i).outcome() != row.outcome();
            next = other ? rows.get(i) : null;
        }
        List<Recomputation> recomputed = new ArrayList<>();
        if (row.outcome() == Outcome.PRICED) {
            int mark = row.ruleBook().lastIndexOf('@');
            long version = Long.parseLong(row.ruleBook().substring(mark + 1));
            String document = null;
            for (RuleStatus accepted : lake.accepted(row.ruleBook().substring(0, mark), version)) {
                // The same document, accepted again by a job started anew, is not asked twice.
                if (!accepted.document().equals(document)) {
                    recomputed.add(Recomputation.of(row, accepted));
                }
                document = accepted.document();
            }
        }
        String currency = null;
        for (int i = index; i >= 0 && currency == null; i--) {
            currency = rows.get(i).currency(); // A withdrawal has none: that of what it ended.
        }
        RuleStatus ended =
                row.outcome() == Outcome.PRICED && next == null ? ended(lake, row, moment) : null;
        return new Answer(row, currency, since, next, superseded, recomputed, ended);
    }

    /**
     * The answer that the book of a price, which is the newest, does not decide any more; null: it
     * does, or that was not told. A price that stays as it is gets no new row.
     */
    private static RuleStatus ended(LakeReader lake, PricingEvent row, long moment) {
        int mark = row.ruleBook().lastIndexOf('@');
        long version = Long.parseLong(row.ruleBook().substring(mark + 1));
        RuleStatus ended = null;
        for (RuleStatus answer : lake.answers(row.ruleBook().substring(0, mark))) {
            boolean ofIt = answer.version() != null && answer.version() == version;
            if (!ofIt || answer.at() == null || answer.at() > moment) {
                continue;
            }
            boolean ends = answer.state() == State.ENDED || answer.state() == State.RETIRED;
            boolean begins = answer.state() == State.ACTIVE;
            if ((ends || begins) && (ended == null || answer.at() >= ended.at())) {
                ended = answer;
            }
        }
        boolean isOver = ended != null && ended.state() != State.ACTIVE;
        return isOver && ended.at() >= row.effectiveAt() ? ended : null;
    }

    // ---- for people

    private String where() {
        return "product " + Wording.plain(product) + " in warehouse " + Wording.plain(warehouse);
    }

    private void nothing(PrintWriter out, List<PricingEvent> rows, List<PricingEvent> superseded) {
        String why;
        if (!rows.isEmpty()) {
            PricingEvent first = rows.get(0);
            for (PricingEvent row : rows) {
                first = row.effectiveAt() < first.effectiveAt() ? row : first;
            }
            why =
                    "%s had no price at %s: its first one is of %s."
                            .formatted(capital(where()), at, Wording.time(first.effectiveAt()));
        } else if (!superseded.isEmpty()) {
            why =
                    "%s has no price in the lake. %s."
                            .formatted(capital(where()), supersededNote(superseded));
        } else {
            why =
                    "Nothing is known of %s: it was never priced, or not before the job's last checkpoint. Ids are taken letter by letter."
                            .formatted(where());
        }
        if (json) {
            ObjectNode document = head();
            document.put("status", "unknown");
            document.put("message", why);
            out.println(Wording.json(document));
        } else {
            out.println(why);
        }
    }

    private void tell(PrintWriter out, Answer answer) {
        PricingEvent row = answer.row();
        if (answer.isWithdrawn()) {
            tellWithdrawn(out, answer);
        } else {
            out.println(
                    "%s costs %s%s since %s%s."
                            .formatted(
                                    capital(where()),
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
                                            : isAsBefore(row)
                                                    ? ", and the amount is as before"
                                                    : "; before, it was "
                                                            + Wording.amount(
                                                                    row.previousPrice(),
                                                                    row.previousCurrency())
                                                            + (isOtherCurrency(row)
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
                out.println("      Fitted too and lost: " + Wording.plain(step.lost()) + ".");
            }
        }
        out.println();
        tellRecomputed(out, answer);
    }

    private void tellWithdrawn(PrintWriter out, Answer answer) {
        PricingEvent row = answer.row();
        out.println(
                "%s has no price since %s%s."
                        .formatted(
                                capital(where()), Wording.time(row.effectiveAt()), until(answer)));
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

    private static boolean isOtherCurrency(PricingEvent row) {
        return row.previousCurrency() != null && !row.previousCurrency().equals(row.currency());
    }

    private static boolean isAsBefore(PricingEvent row) {
        return !isOtherCurrency(row) && row.previousPrice().compareTo(row.price()) == 0;
    }

    private static String until(Answer answer) {
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
        switch (step.step()) {
            case "base" -> {
                String base =
                        source.equals("list_price")
                                ? "The list price of the product is "
                                : "The base price of "
                                        + source.replaceFirst("^tier:", "tier ")
                                        + " is ";
                return base
                        + after
                        + (detail.isEmpty()
                                ? "."
                                : ". Its category is " + detail.substring(2) + ".");
            }
            case "rounding" -> {
                return "Rounding (%s%s) %s.".formatted(source, detail, turns(step, currency));
            }
            case "segment" -> {
                return "For customers of segment %s it is %s instead of %s%s."
                        .formatted(
                                source,
                                after,
                                step.before() == null
                                        ? "?"
                                        : Wording.number(step.before(), currency),
                                detail.isEmpty() ? "" : " (" + detail.substring(2) + ")");
            }
            case "hold" -> {
                return "Rule %s (hold%s) keeps %s%s."
                        .formatted(
                                source,
                                detail,
                                after,
                                step.before() == null
                                        ? ""
                                        : ", though "
                                                + Wording.amount(step.before(), currency)
                                                + " is due");
            }
            default -> {
                return "Rule %s (%s%s) %s."
                        .formatted(
                                source,
                                Wording.plain(step.step()).replace('_', ' '),
                                detail,
                                turns(step, currency));
            }
        }
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

    private static void tellRecomputed(PrintWriter out, Answer answer) {
        PricingEvent row = answer.row();
        Recomputation best = answer.best();
        String book = Wording.plain(row.ruleBook());
        if (best == null) {
            out.println(
                    "It cannot be made once more: the document of "
                            + book
                            + " is not in pricing.rule_books.");
            return;
        }
        if (best.agrees()) {
            out.println(
                    "Made once more from this row and the document of %s, it is %s%s: it agrees."
                            .formatted(
                                    book,
                                    Wording.amount(best.price().amount(), row.currency()),
                                    Recomputation.hold(row) == null
                                            ? ""
                                            : ", as was due before the hold"));
        } else {
            out.println(
                    "Made once more from this row and the document of %s, it does NOT AGREE: %s."
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

    // ---- for machines

    private ObjectNode head() {
        ObjectNode document = Wording.object();
        document.put("product_id", product);
        document.put("warehouse_id", warehouse);
        return document;
    }

    private ObjectNode document(Answer answer) {
        PricingEvent row = answer.row();
        ObjectNode document = head();
        document.put("status", answer.isWithdrawn() ? "withdrawn" : "priced");
        document.put("since", Wording.time(answer.since()));
        if (answer.next() != null) {
            document.put("until", Wording.time(answer.next().effectiveAt()));
        }
        put(document, "price", row.price());
        put(document, "currency", row.currency());
        put(document, "price_tier", row.priceTier());
        document.put("price_version", row.priceVersion());
        put(document, "previous_price", row.previousPrice());
        if (row.previousPrice() != null && isOtherCurrency(row)) {
            document.put("previous_currency", row.previousCurrency());
        }
        document.put("cause", row.cause().text());
        document.put("effective_at", Wording.time(row.effectiveAt()));
        put(document, "rule_book", row.ruleBook());
        if (answer.ended() != null) {
            ObjectNode ended = document.putObject("rule_book_ended");
            ended.put("status", answer.ended().state().name());
            ended.put("at", Wording.time(answer.ended().at()));
            if (answer.ended().deciding() != null) {
                ended.put("deciding_version", answer.ended().deciding());
            }
        }
        amounts(document, "segment_prices", row.segmentPrices());
        StockLevel stock = row.stock();
        ObjectNode level = document.putObject("stock");
        level.put("quantity", stock.quantity());
        level.put("event_time", Wording.time(stock.version().eventTime()));
        if (stock.deliveryTime() != StockLevel.ABSENT) {
            level.put("delivery_time", stock.deliveryTime());
        }
        if (stock.restockingTime() != StockLevel.ABSENT) {
            level.put("restocking_time", stock.restockingTime());
        }
        document.put("superseded_stock_levels", answer.superseded().size());
        ArrayNode trace = document.putArray("trace");
        for (TraceStep step : row.trace()) {
            ObjectNode entry = trace.addObject();
            entry.put("step", step.step());
            entry.put("source", step.source());
            entry.put("detail", step.detail());
            put(entry, "before", step.before());
            put(entry, "after", step.after());
            put(entry, "lost", step.lost().isEmpty() ? null : step.lost());
        }
        if (!answer.isWithdrawn()) {
            recomputed(document.putObject("recomputed"), answer);
        }
        return document;
    }

    private static void recomputed(ObjectNode document, Answer answer) {
        Recomputation best = answer.best();
        if (best == null) {
            document.put("agrees", false);
            document.put("message", "The rule book's document is not in pricing.rule_books.");
            return;
        }
        document.put("agrees", best.agrees());
        if (best.price() != null) {
            put(document, "price", best.price().amount());
            amounts(document, "segment_prices", best.price().segments());
        }
        if (!best.agrees()) {
            ArrayNode differences = document.putArray("differences");
            best.differences().forEach(differences::add);
        }
    }

    private static void put(ObjectNode document, String name, String value) {
        if (value != null) {
            document.put(name, value);
        }
    }

    private static void put(ObjectNode document, String name, BigDecimal value) {
        if (value != null) {
            document.put(name, value);
        }
    }

    private static void amounts(ObjectNode document, String name, Map<String, BigDecimal> amounts) {
        if (!amounts.isEmpty()) {
            ObjectNode entries = document.putObject(name);
            new TreeMap<>(amounts).forEach(entries::put);
        }
    }
}
