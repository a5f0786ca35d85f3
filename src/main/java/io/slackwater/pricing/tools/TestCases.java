package io.slackwater.pricing.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.RuleBook;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Examples of what a rule book should say: "this stock at this time costs this", a line each, below
 * a line that names the columns.
 *
 * <pre>
 * # case     | quantity | tier    | price
 * scarce     | 9        | premium | 18.00
 * </pre>
 *
 * <p>Columns stand in any order; what a case leaves out is absent. A file whose name ends in {@code
 * .csv} has commas, any other has bars; lines that begin with {@code #} are comments.
 */
final class TestCases {

    /** Every column but those of segments. */
    static final List<String> COLUMNS =
            List.of(
                    "case",
                    "product",
                    "warehouse",
                    "quantity",
                    "restocking",
                    "delivery",
                    "tier",
                    "category",
                    "list_price",
                    "at",
                    "price");

    private static final String SEGMENT = "price.";
    private static final String UNPRICED = "unpriced";
    private static final String UNNAMED = "any";
    private static final int MAX_FAULTS = 20;

    /** No exponent, so that no short text becomes a long number. */
    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,18}(\\.[0-9]{1,8})?");

    /**
     * One example.
     *
     * @param name of the case
     * @param line where it stands in the file
     * @param stock the stock level
     * @param catalog what is known of the product; null: nothing
     * @param at the moment that is priced, epoch milliseconds; null where the case says none
     * @param price what it should cost; null: unpriced
     * @param segments what single segments should pay; null: they should have no price
     */
    record Case(
            String name,
            int line,
            StockLevel stock,
            CatalogEntry catalog,
            Long at,
            BigDecimal price,
            Map<String, BigDecimal> segments) {}

    /**
     * What a case has come to.
     *
     * @param example the case
     * @param at the moment that was priced, epoch milliseconds
     * @param price what the rule book says
     * @param wrong the columns that say something else
     */
    record Outcome(Case example, long at, Price price, List<Wrong> wrong) {

        boolean isRight() {
            return wrong.isEmpty();
        }
    }

    /** A column in which a case is not right. */
    record Wrong(String column, String expected, String actual) {}

    private final Path file;
    private final List<String> faults = new ArrayList<>();
    private final List<String> header = new ArrayList<>();

    private TestCases(Path file) {
        this.file = file;
    }

    /**
     * Reads a file of examples.
     *
     * @throws CommandFailure when it cannot be used, with every fault in a line of its own
     */
    static List<Case> read(Path file) {
        return new TestCases(file).cases();
    }

    /**
     * Prices the examples.
     *
     * @throws CommandFailure when a case needs a time and has none
     */
    static List<Outcome> run(List<Case> cases, RuleBook book) {
        // Without a beginning it has held ever since; before it, it is the oldest book and counts.
        Period period = book.period(0L);
        PriceBooks books = new PriceBooks(List.of(new PriceBook(book, period)));
        boolean timeless =
                book.effectiveFrom() != null
                        || (!period.hasEnd()
                                && book.rules().stream()
                                        .allMatch(rule -> rule.period().equals(Period.ALWAYS)));
        List<Outcome> outcomes = new ArrayList<>();
        for (Case example : cases) {
            if (example.at() == null && !timeless) {
                throw CommandFailure.wrongUse(
                        "line "
                                + example.line()
                                + ": at is missing; it is required where something of a rule book"
                                + " begins or ends and the book itself has no effective_from.");
            }
            long at = example.at() == null ? period.from() : example.at();
            PriceBook holding = books.holdsAt(at);
            Price price =
                    holding == null
                            ? Price.none(null, Price.Unpriced.NO_BOOK)
                            : holding.price(example.stock(), example.catalog(), at);
            outcomes.add(new Outcome(example, at, price, wrong(example, price)));
        }
        return outcomes;
    }

    private static List<Wrong> wrong(Case example, Price price) {
        List<Wrong> wrong = new ArrayList<>();
        String why =
                price.unpriced() == null
                        ? UNPRICED
                        : UNPRICED + " (" + price.unpriced().name().toLowerCase(Locale.ROOT) + ")";
        compare("price", example.price(), price.amount(), why, wrong);
        example.segments()
                .forEach(
                        (segment, expected) ->
                                compare(
                                        SEGMENT + segment,
                                        expected,
                                        price.segments().get(segment),
                                        price.amount() == null ? why : "no such segment",
                                        wrong));
        return wrong;
    }

    private static void compare(
            String column, BigDecimal expected, BigDecimal actual, String none, List<Wrong> wrong) {
        boolean same =
                expected == null || actual == null
                        ? expected == actual
                        : expected.compareTo(actual) == 0;
        if (!same) {
            wrong.add(
                    new Wrong(
                            column,
                            expected == null ? UNPRICED : expected.toPlainString(),
                            actual == null ? none : actual.toPlainString()));
        }
    }

    // ---- reading

    private List<Case> cases() {
        String text = RuleFiles.text(RuleFiles.bytes(file));
        if (text == null) {
            throw CommandFailure.wrongUse(file + " is not UTF-8.");
        }
        boolean commas = file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
        List<Case> cases = new ArrayList<>();
        CsvMapper mapper =
                CsvMapper.builder()
                        .enable(CsvParser.Feature.WRAP_AS_ARRAY)
                        .enable(CsvParser.Feature.TRIM_SPACES)
                        .build();
        CsvSchema schema =
                commas
                        ? CsvSchema.emptySchema()
                        : CsvSchema.emptySchema().withColumnSeparator('|').withoutQuoteChar();
        int line = 0;
        // Line by line, so that every fault knows its line.
        for (String row : text.lines().toList()) {
            line++;
            if (row.isBlank() || row.strip().startsWith("#")) {
                continue;
            }
            List<String> cells = cells(mapper, schema, row, line);
            if (cells == null) {
                continue;
            }
            if (header.isEmpty()) {
                readHeader(cells, line);
                refuseFaults();
            } else {
                readCase(cells, line, cases);
            }
        }
        if (header.isEmpty()) {
            faults.add("the file has no line that names columns; allowed: " + allowed() + ".");
        } else if (cases.isEmpty() && faults.isEmpty()) {
            faults.add("the file has no case.");
        }
        refuseFaults();
        return cases;
    }

    private List<String> cells(CsvMapper mapper, CsvSchema schema, String row, int line) {
        try (MappingIterator<String[]> rows =
                mapper.readerFor(String[].class).with(schema).readValues(row)) {
            String[] cells = rows.next();
            List<String> stripped = new ArrayList<>(cells.length);
            for (String cell : cells) {
                stripped.add(cell == null ? "" : cell.strip());
            }
            return stripped;
        } catch (JsonProcessingException e) {
            faults.add("line " + line + ": " + e.getOriginalMessage());
        } catch (IOException | RuntimeException e) {
            faults.add("line " + line + " cannot be read.");
        }
        return null;
    }

    private void readHeader(List<String> cells, int line) {
        for (String column : cells) {
            boolean segment = column.startsWith(SEGMENT) && column.length() > SEGMENT.length();
            if (!COLUMNS.contains(column) && !segment) {
                fault(line, "column '" + column + "' is unknown; allowed: " + allowed());
            } else if (header.contains(column)) {
                fault(line, "column '" + column + "' stands twice; allowed: once");
            }
            header.add(column);
        }
        if (faults.isEmpty() && header.stream().noneMatch(column -> column.startsWith("price"))) {
            fault(line, "no column says what is expected; allowed: price, price.SEGMENT");
        }
    }

    private static String allowed() {
        return String.join(", ", COLUMNS) + ", price.SEGMENT";
    }

    private void readCase(List<String> cells, int line, List<Case> cases) {
        if (cells.size() != header.size()) {
            fault(
                    line,
                    "the case has "
                            + cells.size()
                            + " cells; allowed: "
                            + header.size()
                            + ", one for each column");
            return;
        }
        Map<String, String> given = new HashMap<>();
        Map<String, BigDecimal> segments = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            String column = header.get(i);
            String cell = cells.get(i);
            if (cell.isEmpty()) {
                continue;
            }
            given.put(column, cell);
            if (column.startsWith(SEGMENT)) {
                segments.put(column.substring(SEGMENT.length()), expected(column, cell, line));
            }
        }
        if (!given.containsKey("price")) {
            fault(line, "price is missing; allowed: an amount, or " + UNPRICED);
        }
        String time = given.get("at");
        Long at = time == null ? null : Long.valueOf(Instants.parse(time));
        if (at != null && at == Instants.INVALID) {
            fault(
                    line,
                    "at is '"
                            + time
                            + "'; allowed: a time with its offset, such as 2026-11-21T08:00:00Z");
        }
        StockLevel stock =
                new StockLevel(
                        given.getOrDefault("product", UNNAMED),
                        given.getOrDefault("warehouse", UNNAMED),
                        // As in an inventory message, what is not named is 0.
                        integer(given.get("quantity"), "quantity", Long.MIN_VALUE, 0, line),
                        (int) integer(given.get("delivery"), "delivery", 0, -1, line),
                        (int) integer(given.get("restocking"), "restocking", 0, -1, line),
                        StockVersion.OLDEST,
                        0);
        BigDecimal listPrice = amount(given.get("list_price"), "list_price", line);
        String tier = given.get("tier");
        String category = given.get("category");
        CatalogEntry catalog =
                tier == null && category == null && listPrice == null
                        ? null
                        : new CatalogEntry(tier, listPrice, category, 0);
        BigDecimal price =
                given.containsKey("price") ? expected("price", given.get("price"), line) : null;
        String name = given.getOrDefault("case", "line " + line);
        cases.add(new Case(name, line, stock, catalog, at, price, segments));
    }

    /** Null: unpriced. */
    private BigDecimal expected(String column, String cell, int line) {
        return cell.equals(UNPRICED) ? null : amount(cell, column, line);
    }

    private BigDecimal amount(String cell, String column, int line) {
        if (cell == null) {
            return null;
        }
        if (AMOUNT.matcher(cell).matches()) {
            BigDecimal amount = new BigDecimal(cell);
            if (amount.signum() > 0) {
                return amount;
            }
        }
        fault(
                line,
                column
                        + " is '"
                        + cell
                        + "'; allowed: an amount above 0 such as 8.00"
                        + (column.startsWith("price") ? ", or " + UNPRICED : ""));
        return null;
    }

    private long integer(String cell, String column, long min, long absent, int line) {
        if (cell == null) {
            return absent;
        }
        long max = column.equals("quantity") ? Long.MAX_VALUE : Integer.MAX_VALUE;
        try {
            long number = Long.parseLong(cell);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, with what is allowed.
        }
        fault(
                line,
                column
                        + " is '"
                        + cell
                        + "'; allowed: "
                        + (column.equals("quantity")
                                ? "an integer such as 9"
                                : "a number of days, 0 or more"));
        return absent;
    }

    private void fault(int line, String sentence) {
        faults.add("line " + line + ": " + sentence + ".");
    }

    private void refuseFaults() {
        if (faults.isEmpty()) {
            return;
        }
        List<String> told = new ArrayList<>(faults.subList(0, Math.min(MAX_FAULTS, faults.size())));
        if (faults.size() > MAX_FAULTS) {
            told.add("and " + (faults.size() - MAX_FAULTS) + " more faults.");
        }
        StringBuilder message = new StringBuilder(file + " cannot be used:");
        for (String fault : told) {
            message.append("\n  ").append(HarmlessWriter.line(fault));
        }
        throw CommandFailure.wrongUse(message.toString());
    }
}
