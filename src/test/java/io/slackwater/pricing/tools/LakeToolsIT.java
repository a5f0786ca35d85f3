package io.slackwater.pricing.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.slackwater.pricing.connectors.PlainLake;
import io.slackwater.pricing.demo.Database;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Books;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The tools that read the lake, on real tables. */
class LakeToolsIT {

    /** A book that holds since the earliest time that a book may name. */
    private static Books book(long version) {
        return Books.book(version).from(Instants.EARLIEST);
    }

    private static final long T = Instant.parse("2026-11-21T08:00:00Z").toEpochMilli();
    private static final long HOUR = 3_600_000;
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    /** Scarce goods cost more; the tests' stock is 5, 20 and 100 pieces. */
    private static final Books BOOK = book(7).rule(Books.SCARCITY);

    /** With a rule of every kind that makes a price. */
    private static final Books EVERY_KIND =
            book(6).rule(Books.SCARCITY)
                    .rule(Books.regional("here", "1.15").warehouses("WH1"))
                    .rule(Books.regional("anywhere", "1.05"))
                    .rule(Books.percentOff("spring", "10"))
                    .rule(Books.percentOff("loyal-20", "20").segment("loyal"))
                    .rule(Books.limits("roof", null, "9.40"))
                    .rule(Books.ending("charm", "0.99"));

    @TempDir static Path dir;
    private static Database database;

    @BeforeAll
    static void fillTheLake() throws Exception {
        database = Database.start(dir);
        try (Connection connection =
                DriverManager.getConnection(database.url(), database.user(), database.password())) {
            connection.createStatement().execute("CREATE DATABASE empty");
            connection.createStatement().execute("CREATE DATABASE silent");
            connection.createStatement().execute("CREATE DATABASE kinds");
        }
        PlainLake.prepare(lake(database.url()));
        PlainLake.prepare(lake(other("silent")));
        PlainLake.append(lake(database.url()), events(), answers());
        PricingEvent every = priced(EVERY_KIND, level("every", 20, T), null, 1, null);
        PlainLake.prepare(lake(other("kinds")));
        PlainLake.append(
                lake(other("kinds")),
                List.of(every),
                List.of(answer(6, State.ACTIVE, 0L, T, EVERY_KIND.json(), List.of())));
    }

    @AfterAll
    static void stopTheDatabase() {
        if (database != null) {
            database.close();
        }
    }

    private static List<PricingEvent> events() {
        CatalogEntry garden = new CatalogEntry("premium", null, "garden", 0);
        CatalogEntry listed = new CatalogEntry("basic", new BigDecimal("24.90"), null, 0);
        PricingEvent first = priced(level("rose", 100, T), garden, 1, null, Cause.INVENTORY);
        PricingEvent second =
                priced(level("rose", 5, T + HOUR), garden, 2, first.price(), Cause.INVENTORY);
        PricingEvent tampered = priced(level("forged", 100, T), null, 1, null, Cause.INVENTORY);
        List<PricingEvent> events = new ArrayList<>();
        events.add(first);
        events.add(second);
        events.add(priced(level("lamp", 20, T), listed, 1, null, Cause.RULE_BOOK));
        events.add(with(tampered, new BigDecimal("9.99"), tampered.trace(), "default@7"));
        events.add(
                with(
                        priced(level("lost", 20, T), null, 1, null, Cause.CATALOG),
                        null,
                        null,
                        "default@3"));
        events.add(held());
        events.add(detailed());
        PricingEvent gone = priced(level("gone", 20, T), null, 1, null, Cause.INVENTORY);
        events.add(gone);
        events.add(withdrawn(gone, T + HOUR));
        events.add(superseded(level("late", 3, T - HOUR)));
        events.add(superseded(level("rose", 3, T - HOUR)));
        return events;
    }

    /** Kept at 10.00 though 8.00 is due. */
    private static PricingEvent held() {
        PricingEvent due =
                priced(level("calm", 100, T), null, 2, new BigDecimal("10.00"), Cause.INVENTORY);
        List<TraceStep> trace = new ArrayList<>(due.trace());
        trace.add(
                TraceStep.of(
                        Step.HOLD,
                        "an-hour",
                        "until 2026-11-21T09:00:00.000Z",
                        due.price(),
                        new BigDecimal("10.00"),
                        ""));
        return with(due, new BigDecimal("10.00"), trace, "default@7");
    }

    /** With every kind of step; no book of this test says it. */
    private static PricingEvent detailed() {
        List<TraceStep> trace =
                List.of(
                        step(Step.BASE, "list_price", "garden", null, "100", ""),
                        step(
                                Step.QUANTITY_BANDS,
                                "scarcity",
                                "band 1 x 1.2",
                                "100",
                                "120.0",
                                "b: lower priority"),
                        step(Step.REGIONAL, "north", "x 1.1", "120.0", "132.00", ""),
                        step(
                                Step.PROMOTION,
                                "spring",
                                "- 10 %",
                                "132.00",
                                "118.800",
                                "c: shut out by exclusive spring"),
                        step(Step.LIMITS, "roof", "ceiling 99.00", "118.800", "99.00", ""),
                        step(Step.ROUNDING, "HALF_UP", "to 0.01", "99.00", "99.00", ""),
                        step(Step.SEGMENT, "loyal", "loyal-10: - 10 %", "132.00", "89.10", ""));
        PricingEvent plain = priced(level("full", 5, T), null, 1, null, Cause.SCHEDULE);
        return new PricingEvent(
                plain.stock(),
                plain.outcome(),
                plain.published(),
                "standard",
                new BigDecimal("99.00"),
                Map.of("loyal", new BigDecimal("89.10")),
                "EUR",
                1,
                null,
                null,
                Cause.SCHEDULE,
                T,
                "default@7",
                trace);
    }

    private static TraceStep step(
            Step step, String source, String detail, String before, String after, String lost) {
        return TraceStep.of(
                step,
                source,
                detail,
                before == null ? null : new BigDecimal(before),
                new BigDecimal(after),
                lost);
    }

    private static List<RuleStatus> answers() {
        String document = BOOK.json().replace("\"version\"", "\"comment\":\"winter\",\"version\"");
        String later = book(8).from(T + 24 * HOUR).to(T + 48 * HOUR).json();
        return List.of(
                answer(7, State.ACTIVE, 0L, T - HOUR, document, List.of()),
                new RuleStatus(
                        "default",
                        7L,
                        State.CONVERGED,
                        null,
                        T,
                        List.of(),
                        1_234L,
                        12L,
                        340L,
                        null,
                        null,
                        null,
                        null),
                answer(
                        8,
                        State.REJECTED,
                        null,
                        T + 1,
                        "{\"version\":8}",
                        List.of(
                                new Reason("RULES_MISSING", "/rules", "rules is missing."),
                                new Reason("CIRCUIT_BREAKER", "", "It would move 73 %."))),
                answer(8, State.SCHEDULED, T + 24 * HOUR, T + 2, later, List.of()),
                answer(8, State.ACTIVE, T + 24 * HOUR, null, null, List.of()),
                answer(8, State.STALE, null, T + 3, later, List.of()));
    }

    // ---- explain

    @Test
    void explainsThePriceThatHoldsNow() {
        Run run = run(new Explain(), "rose", "WH1");
        assertEquals("", run.err());
        assertEquals(
                """
                Product rose in warehouse WH1 costs 18.00 EUR (tier premium) since 2026-11-21T09:00:00.000Z.
                It is price version 2; before, it was 12.00 EUR. It was priced because its stock level came.

                Stock: 5 pieces, as of 2026-11-21T09:00:00.000Z; restocked in 7 days.
                1 stock level came too late, superseded by a newer one, and priced nothing; the newest of them had 3 pieces as of 2026-11-21T07:00:00.000Z.
                Rule book: default@7, published 2026-11-21T07:00:00.000Z, 'winter'; asked as of 2026-11-21T09:00:00.000Z.

                How the price was made
                   1. The base price of tier premium is 15.00 EUR. Its category is garden.
                   2. Rule scarcity (quantity bands, band 1 x 1.2) turns 15.00 into 18.00 EUR.
                   3. Rounding (HALF_UP, to 0.01) leaves 18.00 EUR.

                Recomputed from this row and default@7: 18.00 EUR. It matches.
                """,
                run.out());
        assertEquals(0, run.code());
    }

    @Test
    void explainsThePriceOfAMomentInThePast() {
        Run run = run(new Explain(), "rose", "WH1", "--at", "2026-11-21T08:30:00Z");
        assertEquals(0, run.code(), run.out());
        assertTrue(
                run.out()
                        .startsWith(
                                "Product rose in warehouse WH1 costs 12.00 EUR (tier premium) since 2026-11-21T08:00:00.000Z until 2026-11-21T09:00:00.000Z, when it became 18.00 EUR.\n"
                                        + "It is price version 1, before which it had none."),
                run.out());
    }

    @Test
    void explainsAListPriceWithoutACategory() {
        Run run = run(new Explain(), "lamp", "WH1");
        assertEquals(0, run.code(), run.out());
        assertTrue(
                run.out().contains("1. The list price of the product is 24.90 EUR.\n"), run.out());
    }

    @Test
    void saysSoWhenABookDoesNotSayWhatTheRowSays() {
        Run run = run(new Explain(), "forged", "WH1");
        assertEquals(1, run.code(), run.out());
        assertTrue(
                run.out().endsWith("it does NOT MATCH: it says 8.00 EUR and the row 9.99 EUR.\n"),
                run.out());
    }

    @Test
    void saysSoWhenTheBookIsNotKnown() {
        Run run = run(new Explain(), "lost", "WH1");
        assertEquals(1, run.code(), run.out());
        assertTrue(
                run.out()
                        .endsWith(
                                "It cannot be recomputed: the document of default@3 is not in pricing.rule_books.\n"),
                run.out());
    }

    @Test
    void comparesWhatWasDueWhenAHoldKeepsThePrice() {
        Run run = run(new Explain(), "calm", "WH1");
        assertEquals(0, run.code(), run.out());
        assertTrue(run.out().contains("costs 10.00 EUR"), run.out());
        assertTrue(
                run.out()
                        .contains(
                                "Rule an-hour (hold, until 2026-11-21T09:00:00.000Z) keeps 10.00 EUR, though 8.00 EUR is due.\n"),
                run.out());
        assertTrue(
                run.out()
                        .endsWith("default@7: 8.00 EUR, as was due before the hold. It matches.\n"),
                run.out());
    }

    @Test
    void tellsEveryKindOfStepAndWhatLost() {
        Run run = run(new Explain(), "full", "WH1");
        assertTrue(run.out().contains("Customers of segment loyal pay 89.10 EUR.\n"), run.out());
        assertTrue(
                run.out()
                        .contains(
                                """
                                   1. The list price of the product is 100.00 EUR. Its category is garden.
                                   2. Rule scarcity (quantity bands, band 1 x 1.2) turns 100.00 into 120.00 EUR.
                                      Also matched: b (lower priority).
                                   3. Rule north (regional, x 1.1) turns 120.00 into 132.00 EUR.
                                   4. Rule spring (promotion, - 10 %) turns 132.00 into 118.80 EUR.
                                      Also matched: c (shut out by exclusive spring).
                                   5. Rule roof (limits, ceiling 99.00) turns 118.80 into 99.00 EUR.
                                   6. Rounding (HALF_UP, to 0.01) leaves 99.00 EUR.
                                   7. For customers of segment loyal it is 89.10 EUR instead of 132.00 (loyal-10: - 10 %).
                                """),
                run.out());
        assertEquals(1, run.code(), "the book of this test makes no such price");
    }

    @Test
    void explainsAWithdrawnPrice() {
        Run run = run(new Explain(), "gone", "WH1");
        assertEquals(0, run.code(), run.out());
        assertTrue(
                run.out()
                        .startsWith(
                                "Product gone in warehouse WH1 has no price since 2026-11-21T09:00:00.000Z.\n"
                                        + "The price was withdrawn (it was 10.00 EUR), for its product was delisted"),
                run.out());
        assertTrue(
                run(new Explain(), "gone", "WH1", "--at", "2026-11-21T08:59:59Z")
                        .out()
                        .startsWith(
                                "Product gone in warehouse WH1 costs 10.00 EUR (tier standard) since 2026-11-21T08:00:00.000Z until 2026-11-21T09:00:00.000Z, when it was withdrawn.\n"));
    }

    @Test
    void saysWhatItDoesNotKnow() {
        Run never = run(new Explain(), "\u001b[31mnever", "WH1");
        assertEquals(1, never.code());
        assertEquals(
                "Nothing is known of product ?[31mnever in warehouse WH1: it was never priced, or not before the job's last checkpoint. IDs are case-sensitive.\n",
                never.out());
        Run late = run(new Explain(), "late", "WH1");
        assertEquals(1, late.code());
        assertTrue(
                late.out()
                        .startsWith(
                                "Product late in warehouse WH1 has no price in the lake. 1 stock level came too late"),
                late.out());
        Run before = run(new Explain(), "rose", "WH1", "--at", "2020-01-01T00:00:00Z");
        assertEquals(1, before.code());
        assertEquals(
                "Product rose in warehouse WH1 had no price at 2020-01-01T00:00:00Z: its first one is of 2026-11-21T08:00:00.000Z.\n",
                before.out());
    }

    @Test
    void explainsToMachines() throws Exception {
        JsonNode rose = run(new Explain(), "rose", "WH1", "--json").json();
        assertEquals("priced", rose.path("status").asText());
        assertEquals("18.00", rose.path("price").asText());
        assertEquals("default@7", rose.path("rule_book").asText());
        assertEquals(5, rose.at("/stock/quantity").asInt());
        assertEquals(3, rose.path("trace").size());
        assertEquals("15", rose.at("/trace/1/before").asText());
        assertTrue(rose.at("/recomputed/agrees").asBoolean());
        JsonNode forged = run(new Explain(), "forged", "WH1", "--json").json();
        assertFalse(forged.at("/recomputed/agrees").asBoolean());
        assertEquals("8.00", forged.at("/recomputed/price").asText());
        assertEquals(
                "unknown", run(new Explain(), "x", "y", "--json").json().path("status").asText());
    }

    @Test
    void makesAPriceOfEveryKindOfRuleOnceMore() {
        // 10.00 x 1.15 - 10 % is 10.35, the roof makes it 9.40, the ending 8.99; for loyal
        // customers 8.28 and 7.99.
        Run run = run(new Explain(), new ArrayList<>(List.of("every", "WH1")), other("kinds"));
        assertEquals("", run.err());
        assertTrue(run.out().contains("costs 8.99 EUR (tier standard)"), run.out());
        assertTrue(run.out().contains("Customers of segment loyal pay 7.99 EUR.\n"), run.out());
        assertTrue(run.out().contains("Also matched: anywhere (less specific).\n"), run.out());
        assertTrue(run.out().endsWith("8.99 EUR. It matches.\n"), run.out());
        assertEquals(0, run.code());
    }

    @Test
    void aDraftThatIsForcedPassesTheCircuitBreakerAndLimitsAreCounted() throws Exception {
        Path draft =
                draft(
                        book(9).standardCosts("1.00")
                                .force()
                                .rule(Books.limits("ground", "2.00", null)));
        Run run = run(new Preview(), new ArrayList<>(List.of(draft.toString())), other("kinds"));
        assertEquals(0, run.code(), run.out());
        assertTrue(run.out().contains("are cut at the floor    1  100.0 %"), run.out());
        assertTrue(run.out().contains("would refuse it, were it not forced: 100.0 %"), run.out());
    }

    // ---- history

    @Test
    void listsEveryPublicationNewestFirst() {
        Run run = run(new History());
        assertEquals(0, run.code(), run.err());
        assertEquals(
                """
                Rule book default: 4 publications, newest first

                  version  published                 answer               holds from                until                     forced      changed    took  comment
                        8  2026-11-21T08:00:00.003Z  stale                -                         -                         -                 -       -
                        8  2026-11-21T08:00:00.002Z  scheduled, begun     2026-11-22T08:00:00.000Z  2026-11-23T08:00:00.000Z  -                 -       -
                        8  2026-11-21T08:00:00.001Z  refused              -                         -                         -                 -       -
                           /rules: rules is missing. (RULES_MISSING)
                           It would move 73 %. (CIRCUIT_BREAKER)
                        7  2026-11-21T07:00:00.000Z  accepted, converged  1970-01-01T00:00:00.000Z  -                         -       12 of 1,234  340 ms  winter
                """,
                run.out());
    }

    @Test
    void listsThemForMachines() throws Exception {
        JsonNode history = run(new History(), "--json").json();
        assertEquals(4, history.path("publications").size());
        JsonNode oldest = history.at("/publications/3");
        assertEquals(7, oldest.path("version").asInt());
        assertEquals("ACTIVE", oldest.path("answer").asText());
        assertEquals("CONVERGED", oldest.path("last_answer").asText());
        assertEquals(12, oldest.path("changed").asInt());
        assertEquals("winter", oldest.path("comment").asText());
        assertEquals("/rules", history.at("/publications/2/reasons/0/path").asText());
    }

    @Test
    void saysSoWhereThereIsNoHistory() {
        Run run = run(new History(), "--set", "pricing.book=other");
        assertEquals(1, run.code());
        assertEquals("No rule book 'other' was ever published.\n", run.out());
    }

    // ---- preview

    @Test
    void showsWhatADraftWouldDo() throws Exception {
        // rose 18.00, lamp 24.90, forged 9.99, lost 10.00, calm 10.00, full 99.00
        Path draft =
                draft(
                        book(9).rule(
                                        """
                                        {"rule_id":"all","kind":"quantity_bands","bands":[{"multiplier":1.0}]}""")
                                .rule(
                                        """
                                        {"rule_id":"roses","kind":"quantity_bands","scope":{"product_ids":["rose"]},"bands":[{"price":27.00}]}"""));
        Run run = run(new Preview(), draft.toString());
        assertEquals("", run.err());
        assertEquals(
                """
                The draft of default, asked as of 2026-11-21T09:00:00.000Z, against the newest prices in the lake.
                Nothing is changed. Holds are ignored: the job may publish a change later.

                  prices                  6  100.0 %
                  stay                    3   50.0 %
                  rise                    3   50.0 %
                  fall                    0    0.0 %
                  become unpriced         0    0.0 %
                  are cut at the floor    0    0.0 %
                  are cut at the ceiling  0    0.0 %
                  change for a segment    1   16.7 %
                """,
                run.out().substring(0, run.out().indexOf("\nThe sum")));
        assertTrue(run.out().contains("Not judged: 1 price that was withdrawn"), run.out());
        assertEquals(0, run.code());
    }

    @Test
    void showsTheLargestMovesAndHowTheyAreSpread() throws Exception {
        Path draft = draft(book(9).standardCosts("4.00").defaultTier("standard"));
        Run run = run(new Preview(), draft.toString());
        // premium and basic are no tiers of the draft: rose is unpriced, lamp keeps its list price.
        assertTrue(run.out().contains("become unpriced         1   16.7 %"), run.out());
        assertTrue(
                run.out()
                        .contains(
                                """
                                Largest falls
                                  product  warehouse    now  then   change  pieces  made by
                                  calm     WH1        10.00  4.00  -60.0 %     100  tier:standard
                                """),
                run.out());
        assertTrue(run.out().contains("  below -50 %  3  "), run.out());
        assertEquals(1, run.code());
        assertTrue(
                run.out()
                        .endsWith(
                                "The circuit breaker would REFUSE it: 66.7 % of all prices would move by more than 50 %, or end; allowed: at most 50 % of them, or \"force\": true.\n"),
                run.out());
        Run allowed =
                run(new Preview(), draft.toString(), "--set", "rules.breaker.share.percent=67");
        assertEquals(0, allowed.code(), allowed.out());
        assertTrue(
                allowed.out().contains("The circuit breaker would let it pass: 66.7 %"),
                allowed.out());
    }

    @Test
    void asksADraftAtTheMomentWhenItBegins() throws Exception {
        Path draft = draft(book(9).from(T + 24 * HOUR).to(T + 48 * HOUR));
        assertTrue(
                run(new Preview(), draft.toString())
                        .out()
                        .contains("asked as of 2026-11-22T08:00:00.000Z"));
        Run outside = run(new Preview(), draft.toString(), "--at", "2026-11-23T08:00:00Z");
        assertEquals(2, outside.code());
        assertEquals(
                "preview: the draft does not hold at 2026-11-23T08:00:00.000Z, but from 2026-11-22T08:00:00.000Z until 2026-11-23T08:00:00.000Z; allowed: --at with a time of it.\n",
                outside.err());
    }

    @Test
    void doesNotCompareAmountsOfDifferentCurrenciesAndDoubtsTheTierOfADefault() throws Exception {
        Path dollars = draft(book(9).currency("USD").defaultTier("basic"));
        Run run = run(new Preview(), dollars.toString());
        assertEquals(1, run.code(), run.out());
        assertTrue(run.out().contains("would REFUSE it: 100.0 %"), run.out());
        assertTrue(run.out().contains("are in another currency now  6  100.0 %"), run.out());
        assertTrue(run.out().contains("6 prices are of another currency than USD."), run.out());
        assertTrue(
                run.out().contains("The draft has another default_tier. Of 3 prices"), run.out());
        assertFalse(run.out().contains("The sum"), run.out());
    }

    @Test
    void tellsTheFaultsOfADraft() throws Exception {
        Path draft = dir.resolve("faulty.json");
        Files.writeString(draft, "{\"book_id\":\"default\",\"version\":1,\"currency\":\"EUR\"}");
        Run run = run(new Preview(), draft.toString());
        assertEquals(1, run.code());
        assertTrue(
                run.out().startsWith("The draft has 2 faults, so it would be refused:\n  "),
                run.out());
        assertEquals(
                2, run(new Preview(), draft.toString(), "--json").json().path("faults").size());
    }

    @Test
    void previewsForMachines() throws Exception {
        Path draft = draft(book(9).standardCosts("4.00").defaultTier("standard"));
        JsonNode preview = run(new Preview(), draft.toString(), "--json").json();
        assertEquals(6, preview.path("prices").asInt());
        assertEquals(1, preview.path("unpriced").asInt());
        assertEquals(11, preview.path("bands").size());
        assertEquals("-60.000", preview.at("/falls/1/percent").asText());
        assertTrue(preview.at("/circuit_breaker/refused").asBoolean());
    }

    // ---- what can go wrong

    @Test
    void saysInOneLineWhatCannotBeRead() throws Exception {
        Path draft = draft(book(9));
        List<List<String>> commands =
                List.of(
                        List.of("explain", "P", "W"),
                        List.of("history"),
                        List.of("preview", draft.toString()));
        for (List<String> command : commands) {
            Run nowhere = run(command, "jdbc:postgresql://localhost:1/none");
            assertEquals(2, nowhere.code(), nowhere.out());
            assertEquals(1, nowhere.err().lines().count(), nowhere.err());
            assertTrue(
                    nowhere.err()
                            .contains(
                                    ": lake.uri: the catalog at jdbc:postgresql://localhost:1/none cannot be used: "),
                    nowhere.err());
            assertEquals("", nowhere.out());

            Run noTable = run(command, other("empty"));
            assertEquals(2, noTable.code(), noTable.out());
            assertEquals(1, noTable.err().lines().count(), noTable.err());
            assertTrue(
                    noTable.err().contains(": does not exist in the catalog at "), noTable.err());

            Run noRow = run(command, other("silent"));
            assertEquals(1, noRow.code(), noRow.err());
            assertEquals(1, noRow.out().lines().count(), noRow.out());
        }
    }

    @Test
    void saysInOneLineWhatIsWrongUse() throws Exception {
        wrong("preview: there is no file 'nowhere.json'.", new Preview(), "nowhere.json");
        wrong(
                "explain: --at is 'soon'; allowed: ISO-8601 with an offset, such as 2026-11-21T08:00:00Z.",
                new Explain(),
                "P",
                "W",
                "--at",
                "soon");
        wrong(
                "history: --set is 'x'; allowed: KEY=VALUE, such as lake.uri=jdbc:postgresql:...",
                new History(),
                "--set",
                "x");
        Run unknown = run(new History(), "--set", "lake.urk=x");
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().startsWith("history: command line: lake.urk"), unknown.err());
        Run off = run(new History(), "--set", "lake.enabled=false");
        assertEquals(2, off.code());
        assertTrue(off.err().startsWith("history: lake.enabled: is false"), off.err());
    }

    private static void wrong(String message, Object command, String... args) {
        Run run = run(command, args);
        assertEquals(2, run.code());
        assertEquals(message + "\n", run.err());
        assertEquals("", run.out());
    }

    @Test
    void explainsItself() {
        for (Object command : List.of(new Explain(), new History(), new Preview())) {
            Run run = run(command, "--help");
            assertEquals(0, run.code());
            assertTrue(run.out().contains("Exit codes: 0 "), run.out());
            assertTrue(run.out().contains("--settings"), run.out());
        }
    }

    // ---- runs

    private record Run(int code, String out, String err) {
        JsonNode json() throws Exception {
            return JSON.readTree(out);
        }
    }

    private static Run run(Object command, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        return run(command, all, database.url());
    }

    private static Run run(List<String> command, String uri) {
        Object made =
                switch (command.get(0)) {
                    case "explain" -> new Explain();
                    case "history" -> new History();
                    default -> new Preview();
                };
        return run(made, new ArrayList<>(command.subList(1, command.size())), uri);
    }

    private static Run run(Object command, List<String> args, String uri) {
        args.addAll(
                List.of(
                        "--set", "lake.uri=" + uri,
                        "--set", "lake.user=" + database.user(),
                        "--set", "lake.warehouse=" + lake(uri).warehouse()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code =
                new CommandLine(command)
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(args.toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }

    private static Path draft(Books book) throws Exception {
        Path file = Files.createTempFile(dir, "draft", ".json");
        Files.write(file, book.bytes());
        return file;
    }

    private static String other(String name) {
        return database.url().replaceFirst("/postgres$", "/" + name);
    }

    private static Settings.Lake lake(String uri) {
        return new Settings.Lake(
                true,
                Settings.Catalog.JDBC,
                uri,
                database.user(),
                database.password(),
                dir.resolve("lake").toUri().toString(),
                4,
                Map.of());
    }

    // ---- rows

    private static StockLevel level(String product, long quantity, long eventTime) {
        return new StockLevel(
                product,
                "WH1",
                quantity,
                StockLevel.ABSENT,
                7,
                new StockVersion(eventTime, 0, quantity),
                eventTime);
    }

    /** As the job would price it. */
    private static PricingEvent priced(
            StockLevel level,
            CatalogEntry catalog,
            long version,
            BigDecimal previous,
            Cause cause) {
        PricingEvent event = priced(BOOK, level, catalog, version, previous);
        return new PricingEvent(
                level,
                event.outcome(),
                event.published(),
                event.priceTier(),
                event.price(),
                event.segmentPrices(),
                event.currency(),
                version,
                previous,
                event.currency(),
                cause,
                event.effectiveAt(),
                event.ruleBook(),
                event.trace());
    }

    private static PricingEvent priced(
            Books book, StockLevel level, CatalogEntry catalog, long version, BigDecimal previous) {
        long at = level.version().eventTime();
        Price price = book.compile().price(level, catalog, at);
        return new PricingEvent(
                level,
                Outcome.PRICED,
                Published.PRICE,
                price.tier(),
                price.amount(),
                price.segments(),
                "EUR",
                version,
                previous,
                "EUR",
                Cause.INVENTORY,
                at,
                book.read().reference(),
                price.trace());
    }

    private static PricingEvent with(
            PricingEvent event, BigDecimal price, List<TraceStep> trace, String book) {
        return new PricingEvent(
                event.stock(),
                event.outcome(),
                event.published(),
                event.priceTier(),
                price == null ? event.price() : price,
                event.segmentPrices(),
                event.currency(),
                event.priceVersion(),
                event.previousPrice(),
                event.currency(),
                event.cause(),
                event.effectiveAt(),
                book,
                trace == null ? event.trace() : trace);
    }

    private static PricingEvent withdrawn(PricingEvent event, long at) {
        return new PricingEvent(
                event.stock(),
                Outcome.WITHDRAWN,
                Published.TOMBSTONE,
                event.priceTier(),
                null,
                Map.of(),
                null,
                event.priceVersion(),
                event.price(),
                null,
                Cause.INVENTORY,
                at,
                null,
                List.of());
    }

    private static PricingEvent superseded(StockLevel level) {
        return new PricingEvent(
                level,
                Outcome.SUPERSEDED,
                Published.NOTHING,
                null,
                null,
                Map.of(),
                null,
                0,
                null,
                null,
                Cause.INVENTORY,
                level.version().eventTime(),
                null,
                List.of());
    }

    private static RuleStatus answer(
            long version,
            State state,
            Long effectiveFrom,
            Long publishedAt,
            String document,
            List<Reason> reasons) {
        return new RuleStatus(
                "default",
                version,
                state,
                effectiveFrom,
                T,
                reasons,
                null,
                null,
                null,
                null,
                publishedAt,
                document,
                null);
    }
}
