package io.slackwater.pricing.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.testing.Poll;
import java.io.File;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The live page in a real browser, on a real server and a real broker: what a person does, and what
 * the page then shows. Skipped where Chromium and its driver are not on the PATH.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOSTILE = "<img src=x onerror=\"window.hacked=1\">";
    private static final String NOON = "2026-11-21T12:00:00.000Z";

    @TempDir static Path dir;

    private static Broker broker;
    private static Settings settings;
    private static KafkaProducer<byte[], byte[]> producer;
    private static Dashboard dashboard;
    private static ChromeDriverService service;
    private static ChromeDriver browser;

    @BeforeAll
    static void startTheWorld() {
        Path driver = onThePath("chromedriver");
        Path chromium = onThePath("chromium");
        Assumptions.assumeTrue(
                driver != null && chromium != null,
                "chromium and chromedriver are not on the PATH");
        broker = Broker.start(dir);
        settings =
                SettingsReader.read(
                        new String[] {
                            "--kafka.bootstrap.servers=" + broker.bootstrapServers(),
                            "--kafka.topics.create=true",
                            "--lake.enabled=false",
                            "--database.enabled=false"
                        },
                        Map.of());
        KafkaTopics.create(settings);
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        dashboard = Dashboard.start(settings, "localhost", 0, null);
        service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.toFile())
                        .usingAnyFreePort()
                        .build();
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--window-size=1280,900");
        options.setCapability("goog:loggingPrefs", logs);
        browser = new ChromeDriver(service, options);
    }

    @AfterAll
    static void stopTheWorld() {
        if (browser != null) {
            browser.quit();
            service.stop();
        }
        if (dashboard != null) {
            dashboard.close();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(1));
        }
        if (broker != null) {
            broker.close();
        }
    }

    @BeforeEach
    void beginWithAFreshPage() {
        size(1280, 900, false);
        theme("light");
        open(dashboard, "");
    }

    @AfterEach
    void nothingWentWrongInTheBrowser() {
        assertNull(script("return window.hacked ?? null"), "a script from outside has run");
        List<String> faults =
                browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                        .map(LogEntry::getMessage)
                        // A server that is away is the story of a test, and no fault of the page.
                        .filter(text -> !text.contains("net::ERR_"))
                        .filter(text -> !text.contains("status of 404"))
                        .toList();
        assertEquals(List.of(), faults);
    }

    // ---- prices

    @Test
    void showsPricesAsTheyComeAndAsTheyChange() {
        send(price("LIVE-1", "WH-A", 100, "8.00", 1));
        await("the first price", () -> row("LIVE-1", "WH-A").contains("first price"));
        assertTrue(row("LIVE-1", "WH-A").contains("8.00 EUR"));

        send(price("LIVE-1", "WH-A", 5, "12.00", 2).put("previous_price", new BigDecimal("8.00")));
        await("the rise", () -> row("LIVE-1", "WH-A").contains("▲ up from 8.00"));
        assertTrue(row("LIVE-1", "WH-A").contains("12.00 EUR"));
        assertTrue(row("LIVE-1", "WH-A").contains("Stock changed: scarcity, black-friday"));

        send(price("LIVE-1", "WH-A", 60, "8.00", 3).put("previous_price", new BigDecimal("12.00")));
        await("the fall", () -> row("LIVE-1", "WH-A").contains("▼ down from 12.00"));

        send(KafkaTopics.PRICES, "LIVE-1|WH-A", null);
        await("the end", () -> row("LIVE-1", "WH-A").contains("withdrawn"));
        assertEquals(1, rows("LIVE-1").size());
    }

    @Test
    void findsByProductWarehouseTierAndRuleAndKeepsTheSearchInTheAddress() {
        send(price("FIND-1", "WH-NORTH", 10, "8.00", 1));
        send(price("FIND-2", "WH-SOUTH", 10, "8.00", 1).put("price_tier", "premium"));
        await("both", () -> rows("FIND-").size() == 2);

        search("find- premium");
        await("one of two", () -> rows("").size() == 1 && rows("FIND-2").size() == 1);
        assertEquals("1 match", text("#matches"));
        search("find- north black-fri");
        await("the other", () -> rows("").size() == 1 && rows("FIND-1").size() == 1);
        assertTrue(browser.getCurrentUrl().contains("q=find-"), browser.getCurrentUrl());

        send(price("FIND-3", "WH-NORTH", 10, "8.00", 1));
        await("a new one that matches", () -> rows("FIND-").size() == 2);
        send(price("OTHER-3", "WH-NORTH", 10, "8.00", 1));

        browser.navigate().refresh();
        await("the same after a reload", () -> rows("").size() == 2);
        assertEquals("find- north black-fri", element("#search").getDomProperty("value"));
        search("nothing-is-called-so");
        await("nothing", () -> text("#prices-empty").equals("Nothing matches."));
        search("");
        await("all again", () -> rows("OTHER-3").size() == 1);
    }

    @Test
    void holdsStillWhileSomebodyReads() {
        send(price("CALM-1", "WH-A", 100, "8.00", 1));
        await("the price", () -> rows("CALM-1").size() == 1);
        focus(link("CALM-1"));
        send(price("CALM-2", "WH-A", 100, "8.00", 1));
        send(price("CALM-1", "WH-A", 100, "9.00", 2).put("previous_price", new BigDecimal("8.00")));
        await("the button", () -> text("#prices-newer").equals("1 newer"));
        await("the change in its place", () -> row("CALM-1", "WH-A").contains("9.00 EUR"));
        assertEquals(0, rows("CALM-2").size());
        assertEquals("Paused while you read", text("#prices-state"));

        element("#prices-newer").click();
        await("the newer one", () -> rows("CALM-2").size() == 1);
        await("that it is live", () -> text("#prices-state").equals("Live"));
    }

    @Test
    void keepsAtMostTwoHundredRowsInAFlood() {
        for (int i = 0; i < 5_000; i++) {
            send(price("FLOOD-" + i, "WH-A", i, "8.00", 1));
        }
        await("the last", () -> rows("FLOOD-4999").size() == 1);
        assertEquals(200, rows("").size());
        // The page still listens to its reader.
        search("flood-17");
        await("111 of them", () -> rows("FLOOD-17").size() == 111 && rows("").size() == 111);
        assertEquals("111 matches", text("#matches"));
    }

    // ---- a product

    @Test
    void opensAProductByKeyboardAndGivesTheFocusBack() {
        send(price("OPEN-1", "WH-A", 100, "8.00", 1));
        send(price("OPEN-1", "WH-B", 20, "10.00", 1));
        send(price("OPEN-1", "WH-A", 5, "10.80", 2).put("previous_price", new BigDecimal("8.00")));
        await("the price", () -> row("OPEN-1", "WH-A").contains("10.80"));

        focus(link("OPEN-1", "WH-A"));
        browser.switchTo().activeElement().sendKeys(Keys.ENTER);
        await("the product", () -> text("#sheet .steps").contains("up from 8.00 to 10.80 EUR"));
        assertEquals("OPEN-1", text("#sheet-title"));
        assertEquals("Price and stock in WH-A", text("#sheet-body > h3"));
        assertEquals(
                List.of(
                        "Tier standard (category garden): 10.00.",
                        "Rule scarcity (band 1 × 1.2): 12.00.",
                        "Promotion black-friday (− 10 %): 10.80.",
                        "Rounding to 0.01, half up: 10.80.",
                        "Customers of segment loyal (loyal-10: − 10 %): 9.72."),
                browser
                        .findElements(By.cssSelector("#sheet .steps > li:first-child .trace li"))
                        .stream()
                        .map(WebElement::getText)
                        .toList());
        String chart = element("#sheet canvas").getDomAttribute("aria-label");
        assertTrue(chart.contains("First price 8.00 EUR at a stock of 100"), chart);
        assertTrue(chart.contains("last 10.80 EUR at a stock of 5"), chart);

        send(price("OPEN-1", "WH-A", 60, "9.00", 3).put("previous_price", new BigDecimal("10.80")));
        await("what comes meanwhile", () -> text("#sheet .steps").contains("down from 10.80"));

        element("#sheet tr:nth-child(2) .pick").click();
        await("the other", () -> text("#sheet-body > h3").equals("Price and stock in WH-B"));

        browser.switchTo().activeElement().sendKeys(Keys.ESCAPE);
        await("that it is closed", () -> !(Boolean) script("return sheet.open"));
        assertEquals("OPEN-1", browser.switchTo().activeElement().getText());
        await("the address", () -> !browser.getCurrentUrl().contains("OPEN-1"));
    }

    @Test
    void keepsTheProductInTheAddressSoThatItCanBeSentAndBackWorks() {
        send(price("SENT-1", "WH-A", 100, "8.00", 1));
        await("the price", () -> rows("SENT-1").size() == 1);
        link("SENT-1").click();
        await("the product", () -> text("#sheet-title").equals("SENT-1"));
        String address = browser.getCurrentUrl();
        browser.navigate().back();
        await("that Back closes it", () -> !(Boolean) script("return sheet.open"));
        browser.navigate().forward();
        await("that Forward opens it", () -> (Boolean) script("return sheet.open"));

        browser.get("about:blank");
        browser.get(address);
        await("the product from its address", () -> text("#sheet-title").equals("SENT-1"));
        element("#sheet-close").click();
        await("that it is closed", () -> !(Boolean) script("return sheet.open"));
        assertFalse(browser.getCurrentUrl().contains("SENT-1"));

        browser.get("about:blank");
        browser.get(url(dashboard) + "#product=NOBODY-KNOWS");
        await("an answer", () -> text("#sheet-body").equals("Nothing is known of this product."));
    }

    // ---- names from outside

    @Test
    void showsHostileNamesAsText() {
        ObjectNode price =
                price(HOSTILE, "<b>WH</b>", 100, "8.00", 1).put("price_tier", "<i>t</i>");
        ((ObjectNode) price.get("trace").get(1)).put("source", HOSTILE);
        send(price);
        send(
                KafkaTopics.ALERTS,
                HOSTILE,
                JSON.createObjectNode()
                        .put("alert", "LOW_STOCK")
                        .put("severity", HOSTILE)
                        .put("product_id", HOSTILE)
                        .put("warehouse_id", HOSTILE)
                        .put("event_time", NOON)
                        .set("details", JSON.createObjectNode().put(HOSTILE, HOSTILE)));
        send(
                KafkaTopics.METRICS,
                "warehouse|" + HOSTILE,
                window(NOON, "2026-11-21T12:01:00.000Z", "warehouse", HOSTILE, 7));
        send(
                KafkaTopics.DEAD_LETTERS,
                null,
                letter(HOSTILE, "/" + HOSTILE, "{\"" + HOSTILE.replace("\"", "") + "\":1}"));
        send(
                KafkaTopics.RULE_STATUS,
                HOSTILE,
                status(HOSTILE, 1, "REJECTED")
                        .set(
                                "reasons",
                                JSON.createArrayNode()
                                        .add(
                                                JSON.createObjectNode()
                                                        .put("reason", HOSTILE)
                                                        .put("path", HOSTILE)
                                                        .put("message", HOSTILE))));
        await("the price", () -> rows(HOSTILE).size() == 1);
        assertTrue(row(HOSTILE, "<b>WH</b>").contains("<i>t</i>"));
        assertTrue(row(HOSTILE, "<b>WH</b>").contains(HOSTILE + ", black-friday"));
        await("the alert", () -> text("#alert-rows").contains(HOSTILE));
        await("the warehouse", () -> text("#warehouses").contains(HOSTILE));
        await("the book", () -> text("#history").contains(HOSTILE));
        await("the letter", () -> text("#letter-rows").contains(HOSTILE));

        search(HOSTILE);
        await("the search for it", () -> rows("").size() == 1);
        link(HOSTILE).click();
        await("the product", () -> text("#sheet .trace").contains("Rule " + HOSTILE));
        assertEquals(HOSTILE, text("#sheet-title"));
        element("#sheet-close").click();
        element("#letter-rows li:first-child a").click();
        await("the payload", () -> text("#sheet").contains("{\n  \"<img src=x"));
        assertEquals(
                0L, script("return document.querySelectorAll('img:not(.brand img), b b').length"));
    }

    // ---- stock, rules, alerts, dead letters

    @Test
    void showsTheStockFromTheWindows() {
        send(price("TILE-1", "WH-A", 100, "8.00", 1)); // it says the currency
        String next = "2026-11-21T12:01:00.000Z";
        String last = "2026-11-21T12:02:00.000Z";
        send(KafkaTopics.METRICS, "all|all", window(NOON, next, "all", "all", 120_000));
        send(KafkaTopics.METRICS, "all|all", window(next, last, "all", "all", 120_934));
        send(KafkaTopics.METRICS, "warehouse|T-A", window(next, last, "warehouse", "T-A", 934));
        send(KafkaTopics.METRICS, "price_tier|T-B", window(next, last, "price_tier", "T-B", 34));
        await("the units", () -> text("#tile-units").equals("120,934"));
        assertEquals("1,102,934 EUR", text("#tile-value"));
        assertEquals("1,102,934.40 EUR", element("#tile-value").getDomAttribute("title"));
        assertEquals("3", text("#tile-low"));
        // With its date, from the day after on.
        String date = "(21 Nov 2026 )?";
        String window = "At the end of the window " + date + "12:01:00 to 12:02:00 UTC";
        assertTrue(text("#window").matches(window), text("#window"));
        assertTrue(text("#tiles").contains("+934 since the last"));
        assertTrue(text("#warehouses").contains("T-A\n934"), text("#warehouses"));
        assertTrue(text("#tiers").contains("T-B\n34"), text("#tiers"));
        String told = element("#level-chart").getDomAttribute("aria-label");
        String sentence =
                "Units on hand: 2 windows from "
                        + date
                        + "12:00:00 to 12:02:00 UTC; now 120,934, lowest 120,000, highest 120,934\\.";
        assertTrue(told.matches(sentence), told);
        // A minute among minutes fills its place; among days it is still wide enough to be seen.
        assertEquals(14, barWidth());
        String earlier = "2026-11-14T12:00:00.000Z";
        send(
                KafkaTopics.METRICS,
                "all|all",
                window(earlier, "2026-11-14T12:01:00.000Z", "all", "all", 5));
        await("thin bars", () -> barWidth() == 2);
        element("#show-value").click();
        await("the value", () -> text("#level-title").equals("Stock value (EUR)"));

        // The shop goes over to another currency: a window has amounts in both.
        String end = "2026-11-21T12:03:00.000Z";
        send(KafkaTopics.METRICS, "all|all", window(last, end, "all", "all", 120_000));
        send(
                KafkaTopics.METRICS,
                "all|all",
                window(last, end, "all", "all", 120_000)
                        .put("currency", "JPY")
                        .put("stock_value", new BigDecimal("160000"))
                        .put("price_changes", 5));
        await("both currencies", () -> text("#tiles").contains("and 160,000 JPY"));
        assertEquals("1,102,934 EUR", text("#tile-value"));
        assertEquals("14", text("#tile-changes"));
        assertEquals("120,000", text("#tile-units"));
        send(price("TILE-1", "WH-A", 100, "1600", 2).put("currency", "JPY"));
        await("the new one", () -> text("#tile-value").equals("160,000 JPY"));
        assertEquals("Stock value (JPY)", text("#level-title"));
        assertEquals(
                "[null,null,null,160000]",
                script(
                        "return JSON.stringify(Chart.getChart('level-chart').data.datasets[0]"
                                + ".data.map((point) => point.y))"));
        send(price("TILE-1", "WH-A", 100, "8.00", 3));
    }

    @Test
    void neverComparesPricesOfTwoCurrencies() {
        send(price("MONEY-1", "WH-A", 100, "8.00", 1));
        send(
                price("MONEY-1", "WH-A", 100, "1600", 2)
                        .put("currency", "JPY")
                        .put("previous_price", new BigDecimal("8.00"))
                        .put("previous_currency", "EUR"));
        await("the new currency", () -> row("MONEY-1", "WH-A").contains("1,600 JPY"));
        assertTrue(row("MONEY-1", "WH-A").contains("other currency, was 8.00 EUR"));
        ObjectNode changed = alert("MONEY-1", "CURRENCY_CHANGED");
        ((ObjectNode) changed.get("details"))
                .put("previous_currency", "EUR")
                .put("previous_price", new BigDecimal("8.00"))
                .put("currency", "JPY")
                .put("price", new BigDecimal("1600"));
        send(KafkaTopics.ALERTS, "MONEY-1", changed);
        await("the alert", () -> text("#alert-rows").contains("MONEY-1"));
        assertTrue(
                text("#alert-rows").contains("MONEY-1 in WH-A: 8.00 EUR to 1,600 JPY"),
                text("#alert-rows"));

        open(dashboard, "#product=MONEY-1");
        await("the product", () -> text("#sheet .steps").contains("1,600 JPY, was 8.00 EUR"));
        assertTrue(text("#sheet-body").contains("Prices in EUR are not in the chart."));
        send(price("MONEY-1", "WH-A", 100, "8.00", 3));
    }

    /** Of price changes, in pixels. */
    private static long barWidth() {
        return Math.round(
                ((Number)
                                script(
                                        "return Chart.getChart('changes-chart')"
                                                + ".getDatasetMeta(0).data.at(-1).width"))
                        .doubleValue());
    }

    /** What a shop of today has not: millions, a narrow range, history. */
    @Test
    void tellsTheLabelsOfAnAxisApartAndTheDaysOfHistory() {
        assertEquals(
                List.of(
                        "1.735m 1.740m 1.745m",
                        "75k 80k",
                        "995k 1.000m",
                        "0 2,500 5,000 10.0k",
                        "8.0 8.5",
                        "8.1 8.2",
                        "−20 0",
                        "1.2bn",
                        "18:00 22 Nov 06:00",
                        "07:59:30 08:00:00",
                        "1 Jun 2011",
                        "5 Jun 2011 13:47:00 to 13:48:00 UTC",
                        "20 Nov 2026 23:59:00 to 21 Nov 2026 00:00:00 UTC",
                        "11:00:00 to 12:00:00 UTC",
                        "999,999.99 EUR",
                        "−1,000,000 EUR"),
                script(
                        """
                        return import('/assets/format.js').then((f) => {
                          const axis = (step, ...values) =>
                            values.map((v) => f.onAxis(v, step)).join(' ');
                          const times = (step, ...values) =>
                            values.map((v) => f.onTimeAxis(Date.parse(v), step)).join(' ');
                          const now = '2026-11-21T12:00:00.000Z';
                          return [
                            axis(5e3, 1.735e6, 1.74e6, 1.745e6),
                            axis(5e3, 75e3, 80e3),
                            axis(5e3, 995e3, 1e6),
                            axis(2500, 0, 2500, 5000, 10000),
                            axis(0.5, 8, 8.5),
                            axis(8.2 - 8.1, 8.1, 8.2),
                            axis(20, -20, 0),
                            axis(1e8, 1.2e9),
                            times(216e5, '2026-11-21T18:00Z', '2026-11-22T00:00Z', '2026-11-22T06:00Z'),
                            times(3e4, '2026-11-21T07:59:30Z', '2026-11-21T08:00Z'),
                            times(864e5, '2011-06-01T00:00Z'),
                            f.between('2011-06-05T13:47:00Z', '2011-06-05T13:48:00Z', now),
                            f.between('2026-11-20T23:59:00Z', '2026-11-21T00:00:00Z', now),
                            f.between('2026-11-21T11:00:00Z', now, now),
                            f.headline('999999.99', 'EUR'),
                            f.headline('-1000000.40', 'EUR'),
                          ];
                        });
                        """));
    }

    @Test
    void showsTheRuleBookAndHowFarARepricingIs() {
        send(KafkaTopics.RULE_STATUS, "default", status("default", 4, "ACTIVE"));
        send(
                KafkaTopics.RULE_STATUS,
                "default",
                status("default", 4, "CONVERGING")
                        .put("examined", 1200)
                        .put("changed", 300)
                        .put("progress_percent", 42));
        await("the book", () -> text("#book").equals("default@4"));
        await(
                "how far it is",
                () ->
                        text("#book-sweep")
                                .equals(
                                        "default@4: 42 % done, 1,200 prices examined, 300"
                                                + " changed"));
        assertEquals("42", element("#book-sweep progress").getDomProperty("value"));

        send(
                KafkaTopics.RULE_STATUS,
                "default",
                status("default", 4, "CONVERGED")
                        .put("examined", 2000)
                        .put("changed", 450)
                        .put("took_ms", 1310));
        await("that it is done", () -> text("#book-sweep").startsWith("Every price follows"));
        assertTrue(
                text("#history").contains("2,000 prices examined, 450 changed, in 1.3 s"),
                text("#history"));
        send(KafkaTopics.RULE_STATUS, "default", status("default", 6, "SCHEDULED"));
        await("the next one", () -> text("#book-scheduled").startsWith("default@6 begins"));
        ObjectNode refused = status("default", 5, "REJECTED");
        refused.putArray("reasons")
                .addObject()
                .put("reason", "FLOOR_ABOVE_CEILING")
                .put("path", "/rules/3/floor")
                .put("message", "The floor is above the ceiling.");
        send(KafkaTopics.RULE_STATUS, "default", refused);
        await(
                "the refusal with its reason",
                () -> text("#history").contains("The floor is above the ceiling."));
        assertTrue(text("#history").contains("✕ Refused"));
        assertEquals("default@4", text("#book"));
    }

    @Test
    void saysWhichVersionDecidesAtEveryMoment() {
        tell(3, "ACTIVE", 3, "2026-11-21T09:00:00.000Z", "2026-11-21T09:00:00.000Z");
        tell(2, "SCHEDULED", 3, "2026-11-27T00:00:00.000Z", "2026-11-21T09:00:00.000Z");
        await("the book", () -> text("#book").equals("default@3"));
        await(
                "that it is not certain",
                () -> text("#book-scheduled").contains("unless default@3, which is newer,"));
        tell(2, "OVERTAKEN", 3, "2026-11-27T00:00:00.000Z", "2026-11-27T00:00:00.000Z");
        await("no more", () -> text("#book-scheduled").equals("Nothing."));
        assertEquals("default@3", text("#book"));
        assertTrue(
                text("#history")
                        .contains("Overtaken: default@3, which is newer, held at its begin"),
                text("#history"));

        tell(4, "ACTIVE", 4, "2026-11-28T10:00:00.000Z", "2026-11-28T10:00:00.000Z");
        await("two happy hours", () -> text("#book").equals("default@4"));
        tell(4, "ENDED", 3, "2026-11-28T10:00:00.000Z", "2026-11-28T12:00:00.000Z");
        tell(3, "ACTIVE", 3, "2026-11-28T12:00:00.000Z", "2026-11-28T12:00:00.000Z");
        await("the one before", () -> text("#book").equals("default@3"));
        assertTrue(text("#history").contains("Ended: default@3 took its place"), text("#history"));
        assertTrue(text("#book-active").contains("and again since"), text("#book-active"));

        ObjectNode over = told(5, "REJECTED", 3, null, "2026-11-28T13:30:00.000Z");
        over.putArray("reasons")
                .addObject()
                .put("reason", "BOOK_IS_OVER")
                .put("path", "/effective_to")
                .put("message", "The book's time is over.");
        send(KafkaTopics.RULE_STATUS, "default|5", over);
        await("the refusal", () -> text("#history").contains("The book's time is over."));
        assertEquals("default@3", text("#book"));
        tell(3, "ENDED", null, "2026-11-21T09:00:00.000Z", "2026-11-29T00:00:00.000Z");
        await("none", () -> text("#book").equals("none in force"));
        assertTrue(
                text("#book-active").startsWith("None: nothing is priced. default@3 ended"),
                text("#book-active"));
        tell(7, "ACTIVE", 7, "2026-11-29T01:00:00.000Z", "2026-11-29T01:00:00.000Z");
        tell(8, "SCHEDULED", 7, "2026-12-01T00:00:00.000Z", "2026-11-29T01:00:00.000Z");
        await("a new one", () -> text("#book").equals("default@7"));
        tell(7, "RETIRED", null, null, "2026-11-29T02:00:00.000Z");
        tell(8, "RETIRED", null, null, "2026-11-29T02:00:00.000Z");
        await("none again", () -> text("#book-active").contains("was retired"));
        assertEquals("Nothing.", text("#book-scheduled"));
    }

    private static void tell(int version, String state, Integer deciding, String from, String at) {
        send(
                KafkaTopics.RULE_STATUS,
                "default|" + version,
                told(version, state, deciding, from, at));
        // Each in a millisecond of its own, as they stand on several partitions.
        producer.flush();
    }

    private static ObjectNode told(
            int version, String state, Integer deciding, String from, String at) {
        ObjectNode status = status("default", version, state).put("at", at);
        status.put("effective_from", from);
        if (from == null) {
            status.remove("effective_from");
        }
        if (deciding != null) {
            status.put("deciding_version", deciding);
        }
        return status;
    }

    @Test
    void showsAlertsByKind() {
        send(KafkaTopics.ALERTS, "KIND-1", alert("KIND-1", "OVERSOLD").set("details", number(-2)));
        send(KafkaTopics.ALERTS, "KIND-2", alert("KIND-2", "BACK_IN_STOCK"));
        await("both", () -> text("#alert-rows").contains("KIND-2"));
        assertTrue(text("#alert-rows").contains("KIND-1 in WH-A: stock −2"));
        chip("Back in stock").click();
        await("one kind", () -> !text("#alert-rows").contains("KIND-1"));
        assertTrue(text("#alert-rows").contains("KIND-2"));
        chip("Back in stock").click();
        await("all", () -> text("#alert-rows").contains("KIND-1"));
    }

    @Test
    void opensADeadLetterAndMarksItsBadPlace() {
        String payload =
                "{\"product_id\":\"1\",\"inventory\":[{\"quantity\":1},{\"quantity\":1.50}]}";
        send(
                KafkaTopics.DEAD_LETTERS,
                null,
                letter("QUANTITY_NOT_INTEGER", "/inventory/1/quantity", payload));
        await("the letter", () -> text("#letter-rows").contains("Quantity not integer"));
        element("#letter-rows li:first-child a").click();
        await("the payload", () -> text("#sheet mark").equals("\"quantity\": 1.50"));
        assertEquals(1, browser.findElements(By.cssSelector("#sheet mark")).size());
        assertTrue(text("#sheet").contains("inventory_raw, partition 0, offset 17"));
        element("#sheet-close").click();

        send(KafkaTopics.DEAD_LETTERS, null, letter("NOT_JSON", "", "{\"product"));
        // The focus is back in the list: it holds still.
        await("the button", () -> text("#letters-newer").equals("1 newer"));
        element("#letters-newer").click();
        await("the next", () -> text("#letter-rows").contains("Not JSON"));
        element("#letter-rows li:first-child a").click();
        await("the text as it came", () -> text("#sheet .payload").equals("{\"product"));
        assertTrue(text("#sheet").contains("It is not JSON as a whole"));
        element("#sheet-close").click();

        send(
                KafkaTopics.DEAD_LETTERS,
                null,
                letter("INVALID_UTF8", "", "//79").put("payload_encoding", "base64"));
        await("the button", () -> text("#letters-newer").equals("1 newer"));
        element("#letters-newer").click();
        await("the third", () -> text("#letter-rows").contains("Invalid UTF-8"));
        element("#letter-rows li:first-child a").click();
        await("what it is", () -> text("#sheet").contains("It is not text: shown in base64."));
    }

    @Test
    void marksTheBadPlaceWhereTheBadLineIsAllThatWasKept() {
        send(
                KafkaTopics.DEAD_LETTERS,
                null,
                letter("BAD_LINE", "/inventory/3/quantity", "{\"quantity\":\"a dozen\"}"));
        await("the letter", () -> text("#letter-rows").contains("Bad line"));
        element("#letter-rows li:first-child a").click();
        await("the payload", () -> text("#sheet mark").equals("\"quantity\": \"a dozen\""));
        element("#sheet-close").click();

        send(
                KafkaTopics.DEAD_LETTERS,
                null,
                letter(
                        "NO_NAME",
                        "/inventory/0/warehouse_id",
                        "{\"inventory\":[{\"quantity\":1}]}"));
        await("the button", () -> text("#letters-newer").equals("1 newer"));
        element("#letters-newer").click();
        await("the next", () -> text("#letter-rows").contains("No name"));
        element("#letter-rows li:first-child a").click();
        await("where it belongs", () -> text("#sheet mark").contains("\"quantity\": 1"));
        assertTrue(text("#sheet").contains("is not there: marked is where it belongs."));
    }

    // ---- the demo

    @Test
    void hasButtonsAndPromisesInTheDemoAndOnlyThere() throws Exception {
        await("the page", () -> text("#connection").equals("Live"));
        assertFalse(element("#demo").isDisplayed());
        try (DemoControls controls = new DemoControls();
                Dashboard demo = Dashboard.start(settings, "localhost", 0, controls)) {
            open(demo, "");
            await("the promise", () -> text("#promises").contains("… Checking"));
            controls.state.set(Controls.State.KEPT);
            await("that it is kept", () -> text("#promises").contains("✓ Kept"));
            assertTrue(text("#promises").contains("Nothing lost"));

            element("#buttons button").click();
            await("the press", () -> controls.pressed.getCount() == 0);
            assertEquals("true", element("#buttons button").getDomAttribute("aria-disabled"));
            controls.answer.countDown();
            await("the answer", () -> text("#answer").equals("Killed, and started anew."));
            assertNull(element("#buttons button").getDomAttribute("aria-disabled"));
            controls.state.set(Controls.State.BROKEN);
            await("that it is broken", () -> text("#promises").contains("✕ Broken"));
            assertEquals(List.of(), violations());
            open(dashboard, "");
        }
    }

    // ---- for everybody

    @Test
    void hasNoFaultThatAxeFindsInLightAndDark() {
        send(price("AXE-1", "WH-A", 5, "12.00", 1).put("previous_price", new BigDecimal("8.00")));
        send(KafkaTopics.ALERTS, "AXE-1", alert("AXE-1", "OVERSOLD"));
        send(KafkaTopics.DEAD_LETTERS, null, letter("AXE_FAULT", "/a", "{\"a\":1}"));
        send(KafkaTopics.RULE_STATUS, "default", status("default", 9, "STALE"));
        await("the price", () -> rows("AXE-1").size() == 1);
        await("the letter", () -> text("#letter-rows").contains("Axe fault"));
        for (String theme : List.of("light", "dark")) {
            theme(theme);
            assertEquals(List.of(), violations(), theme);
            click(link("AXE-1"));
            await("the product", () -> text("#sheet").contains("Price and stock in WH-A"));
            assertEquals(List.of(), violations(), theme + ", product");
            element("#sheet-close").click();
            await("that it is closed", () -> !(Boolean) script("return sheet.open"));
            click(element("#letter-rows li:first-child a"));
            await("the letter", () -> text("#sheet mark").equals("\"a\": 1"));
            assertEquals(List.of(), violations(), theme + ", dead letter");
            element("#sheet-close").click();
            await("that it is closed", () -> !(Boolean) script("return sheet.open"));
        }
    }

    @Test
    void fitsAPhone() {
        String longest = "PHONE-" + "x".repeat(250);
        send(price(longest, "WH-" + "y".repeat(200), 100, "8.00", 1));
        send(price("PHONE-1", "WH-A", 1_234_567, "123456.78", 1));
        send(KafkaTopics.ALERTS, longest, alert(longest, "OVERSOLD"));
        size(390, 844, true);
        open(dashboard, "");
        await("the prices", () -> rows("PHONE-").size() == 2);
        assertEquals(List.of(), wider(), "wider than the screen");
        assertEquals(List.of(), violations());
        script("document.querySelector('#price-rows a').click()");
        await("the product", () -> text("#sheet").contains("Price and stock in"));
        assertEquals(List.of(), wider(), "wider than the screen, product open");
    }

    @Test
    void remembersTheTheme() {
        assertEquals("Dark theme", text("#theme"));
        element("#theme").click();
        assertEquals("Light theme", text("#theme"));
        open(dashboard, "");
        assertEquals("Light theme", text("#theme"));
        assertEquals(
                "dark", script("return getComputedStyle(document.documentElement).colorScheme"));
        element("#theme").click();
        assertEquals("light", script("return document.documentElement.dataset.theme"));
        script("localStorage.clear()");
    }

    @Test
    void leadsTheKeyboardPastTheHeadOfThePage() {
        browser.findElement(By.tagName("body")).sendKeys(Keys.TAB);
        WebElement skip = browser.switchTo().activeElement();
        assertEquals("Skip to the page", skip.getText());
        skip.sendKeys(Keys.ENTER);
        assertEquals("main", browser.switchTo().activeElement().getDomAttribute("id"));
    }

    // ---- what goes away and comes back

    @Test
    void goesOnWithAServerThatWasStartedAnew() {
        Dashboard first = Dashboard.start(settings, "localhost", 0, null);
        int port = first.port();
        try {
            open(first, "");
            send(price("AGAIN-1", "WH-A", 100, "8.00", 1));
            await("the price", () -> rows("AGAIN-1").size() == 1);
        } finally {
            first.close();
        }
        await("that it tells", () -> text("#connection").equals("Reconnecting"));
        assertTrue(text("#banner").contains("reconnecting"));
        send(price("AGAIN-2", "WH-A", 100, "8.00", 1));
        try (Dashboard second = Dashboard.start(settings, "localhost", port, null)) {
            await("the new price", () -> rows("AGAIN-2").size() == 1);
            assertEquals("Live", text("#connection"));
            assertFalse(element("#banner").isDisplayed());
            assertEquals(1, rows("AGAIN-1").size());
            open(dashboard, "");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE) // Not in the middle of another story.
    void saysThatTheBrokerIsAwayAndGoesOnWithoutGapOrDouble() {
        for (int i = 0; i < 5; i++) {
            send(price("AWAY-" + i, "WH-A", 100, "8.00", 1));
            send(KafkaTopics.ALERTS, "AWAY-" + i, alert("AWAY-" + i, "AWAY_KIND"));
        }
        producer.flush();
        await("the prices", () -> rows("AWAY-").size() == 5);
        await("the alerts", () -> chip("Away kind").getText().endsWith("5"));
        broker.close();
        await("that it tells", () -> text("#connection").equals("Broker away"));
        assertTrue(text("#banner").startsWith("The broker has been away since "));
        assertEquals(5, rows("AWAY-").size());

        broker = Broker.startAgain(dir);
        send(price("AWAY-5", "WH-A", 100, "8.00", 1));
        send(KafkaTopics.ALERTS, "AWAY-5", alert("AWAY-5", "AWAY_KIND"));
        await("the sixth", () -> rows("AWAY-").size() == 6);
        await("that it is live", () -> text("#connection").equals("Live"));
        await("the sixth alert", () -> chip("Away kind").getText().endsWith("6"));
        chip("Away kind").click();
        assertEquals(6, browser.findElements(By.cssSelector("#alert-rows > li")).size());
        assertFalse(element("#banner").isDisplayed());
    }

    /** One button that answers when it is told to, and one promise. */
    private static final class DemoControls implements Controls, AutoCloseable {

        final AtomicReference<State> state = new AtomicReference<>(State.CHECKING);
        final CountDownLatch pressed = new CountDownLatch(1);
        final CountDownLatch answer = new CountDownLatch(1);

        @Override
        public List<Button> buttons() {
            return List.of(new Button("kill", "Kill a task manager", "No price is lost."));
        }

        @Override
        public String press(String buttonId) throws InterruptedException {
            pressed.countDown();
            assertTrue(answer.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            return "Killed, and started anew.";
        }

        @Override
        public List<Promise> promises() {
            return List.of(new Promise("lost", "Nothing lost", state.get(), "7 of 7 are there."));
        }

        @Override
        public void close() {
            answer.countDown();
        }
    }

    // ---- records as the job writes them

    private static ObjectNode price(
            String product, String warehouse, long quantity, String price, int version) {
        ObjectNode record =
                JSON.createObjectNode()
                        .put("product_id", product)
                        .put("warehouse_id", warehouse)
                        .put("quantity", quantity)
                        .put("price_tier", "standard")
                        .put("price", new BigDecimal(price))
                        .put("currency", "EUR")
                        .put("price_version", version)
                        .put("cause", "inventory")
                        .put("event_time", at(version))
                        .put("effective_at", at(version))
                        .put("rule_book", "default@7");
        record.putObject("segment_prices").put("loyal", new BigDecimal("9.72"));
        ArrayNode trace = record.putArray("trace");
        step(trace, "base", "tier:standard", "garden", "10.00");
        step(trace, "quantity_bands", "scarcity", "band 1 x 1.2", "12.00");
        step(trace, "promotion", "black-friday", "- 10 %", "10.80");
        step(trace, "rounding", "HALF_UP", "to 0.01", "10.80");
        step(trace, "segment", "loyal", "loyal-10: - 10 %", "9.72");
        return record;
    }

    private static void step(
            ArrayNode trace, String step, String source, String detail, String after) {
        trace.addObject()
                .put("step", step)
                .put("source", source)
                .put("detail", detail)
                .put("after", new BigDecimal(after));
    }

    private static String at(int version) {
        return Instant.parse(NOON).plusSeconds(version).toString().replace("Z", ".000Z");
    }

    private static ObjectNode window(
            String start, String end, String dimension, String value, long units) {
        return JSON.createObjectNode()
                .put("window_start", start)
                .put("window_end", end)
                .put("dimension", dimension)
                .put("value", value)
                .put("updates", 42)
                .put("price_changes", 9)
                .put("units_on_hand", units)
                .put("stock_value", new BigDecimal("1102934.40"))
                .put("low_stock", 3)
                .put("out_of_stock", 1)
                .put("oversold", 0)
                .put("currency", "EUR");
    }

    private static ObjectNode alert(String product, String kind) {
        ObjectNode alert =
                JSON.createObjectNode()
                        .put("alert", kind)
                        .put("severity", "CRITICAL")
                        .put("product_id", product)
                        .put("warehouse_id", "WH-A")
                        .put("event_time", NOON);
        alert.putObject("details");
        return alert;
    }

    private static ObjectNode number(long quantity) {
        return JSON.createObjectNode().put("quantity", quantity);
    }

    private static ObjectNode status(String book, int version, String state) {
        return JSON.createObjectNode()
                .put("book_id", book)
                .put("version", version)
                .put("status", state)
                .put("effective_from", NOON)
                .put("at", NOON);
    }

    private static ObjectNode letter(String reason, String path, String payload) {
        ObjectNode letter =
                JSON.createObjectNode()
                        .put("reason", reason)
                        .put("path", path)
                        .put("message", "What is wrong: " + reason);
        letter.putObject("source")
                .put("topic", "inventory_raw")
                .put("partition", 0)
                .put("offset", 17)
                .put("timestamp", NOON);
        return letter.put("payload", payload)
                .put("payload_encoding", "utf-8")
                .put("truncated", false)
                .put("failed_at", NOON);
    }

    private static void send(ObjectNode price) {
        String product = price.get("product_id").asText();
        send(KafkaTopics.PRICES, product + "|" + price.get("warehouse_id").asText(), price);
    }

    private static void send(String topic, String key, JsonNode value) {
        producer.send(
                new ProducerRecord<>(
                        topic,
                        key == null ? null : bytes(key),
                        value == null ? null : bytes(value.toString())));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- the browser

    private static String url(Dashboard server) {
        return "http://localhost:" + server.port() + "/";
    }

    private static void open(Dashboard server, String hash) {
        browser.get("about:blank");
        browser.get(url(server) + hash);
        await("a connection", () -> text("#connection").equals("Live"));
    }

    private static void theme(String theme) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", theme),
                                // Colours in motion have no contrast that could be measured.
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    private static void size(int width, int height, boolean phone) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
    }

    private static Object script(String script, Object... arguments) {
        return browser.executeScript(script, arguments);
    }

    private static WebElement element(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    private static String text(String selector) {
        return element(selector).getText();
    }

    /** The rows of the table whose product begins so. */
    private static List<WebElement> rows(String product) {
        @SuppressWarnings("unchecked")
        List<WebElement> rows =
                (List<WebElement>)
                        script(
                                "return [...document.querySelectorAll('#price-rows tr')].filter("
                                        + "row => row.querySelector('a').textContent"
                                        + ".startsWith(arguments[0]))",
                                product);
        return rows;
    }

    /** The text of the row of a product in a warehouse; empty where there is none. */
    private static String row(String product, String warehouse) {
        return rows(product).stream()
                .map(WebElement::getText)
                .filter(text -> text.contains(warehouse))
                .findFirst()
                .orElse("");
    }

    private static WebElement link(String product) {
        return rows(product).get(0).findElement(By.tagName("a"));
    }

    private static WebElement link(String product, String warehouse) {
        return rows(product).stream()
                .filter(row -> row.getText().contains(warehouse))
                .findFirst()
                .orElseThrow()
                .findElement(By.tagName("a"));
    }

    private static WebElement chip(String kind) {
        return browser.findElements(By.cssSelector("#alert-kinds button")).stream()
                .filter(button -> button.getText().startsWith(kind))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(kind));
    }

    private static void focus(WebElement element) {
        script("arguments[0].focus()", element);
    }

    /** In the middle of the screen: where axe left the page, the head of it may be in the way. */
    private static void click(WebElement element) {
        script("arguments[0].scrollIntoView({block: 'center'})", element);
        element.click();
    }

    private static void search(String text) {
        WebElement search = element("#search");
        search.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
        search.sendKeys(text, Keys.ENTER);
    }

    private static List<String> violations() {
        return new AxeBuilder()
                        .withTags(
                                List.of(
                                        "wcag2a",
                                        "wcag2aa",
                                        "wcag21a",
                                        "wcag21aa",
                                        "best-practice"))
                        .analyze(browser)
                        .getViolations()
                        .stream()
                        .map(PageIT::told)
                        .toList();
    }

    private static String told(Rule rule) {
        return rule.getId()
                + ": "
                + rule.getNodes().stream().map(node -> node.getHtml()).limit(3).toList();
    }

    /** What stands out of the screen at the side, with how far. */
    @SuppressWarnings("unchecked")
    private static List<String> wider() {
        return (List<String>)
                script(
                        """
                        const width = document.documentElement.clientWidth;
                        const out = [...document.querySelectorAll('body *')].filter(e => {
                          const box = e.getBoundingClientRect();
                          return box.width > 1 && box.height > 1 && box.right > width + 1
                            && !e.closest('.scroll-x');
                        }).map(e => e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right);
                        if (document.documentElement.scrollWidth > width) out.push('the page');
                        return out;
                        """);
    }

    private static void await(String what, BooleanSupplier condition) {
        Poll.until(what, () -> held(condition));
    }

    /** What is looked at may be drawn anew at any moment, or not be there yet. */
    private static boolean held(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (StaleElementReferenceException | NoSuchElementException e) {
            return false;
        }
    }

    /** Null: it is not there. */
    private static Path onThePath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
