package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.InventorySignal;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.rules.PriceSample;
import io.slackwater.pricing.testing.Catalog;
import io.slackwater.pricing.testing.Stock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SampleStockTest {

    private OneInputStreamOperatorTestHarness<ProductChange, InventorySignal> sampler;

    @BeforeEach
    void start() throws Exception {
        sampler = new OneInputStreamOperatorTestHarness<>(SampleStock.ofStock());
        sampler.open();
    }

    @AfterEach
    void stop() throws Exception {
        sampler.close();
    }

    @Test
    void letsPassTheProductsWithTheSmallestHashesThatItHasSeen() throws Exception {
        long seed = Long.getLong("seed", 1);
        List<String> products = new ArrayList<>();
        for (int i = 0; i < 4 * PriceSample.MOST_PRODUCTS; i++) {
            products.add("P" + i);
        }
        Collections.shuffle(products, new Random(seed));
        products.forEach(this::stock);
        second();
        passed();

        products.forEach(this::stock);
        second();
        Set<String> passing = new HashSet<>();
        passed().forEach(change -> passing.add(change.productId()));
        List<String> smallest = new ArrayList<>(products);
        smallest.sort((a, b) -> Long.compare(PriceSample.hashOf(a), PriceSample.hashOf(b)));
        assertEquals(
                new HashSet<>(smallest.subList(0, PriceSample.MOST_PRODUCTS)),
                passing,
                "seed " + seed);
    }

    @Test
    void letsPassAllThatASampleHoldsAlsoAfterARestart() throws Exception {
        long seed = Long.getLong("seed", 2);
        Random random = new Random(seed);
        PriceSample direct = new PriceSample();
        PriceSample sampled = new PriceSample();
        for (int i = 0; i < 60_000; i++) {
            ProductChange change =
                    ProductChange.of(
                            Stock.level("P" + random.nextInt(12_000), "W", i, 1000 + i, i));
            direct.take(change);
            sampler.processElement(new StreamRecord<>(change));
            if (i % 20_000 == 19_999) {
                sampler.prepareSnapshotPreBarrier(i);
                passed().forEach(sampled::take);
                sampler.close();
                start(); // It stores nothing.
            }
        }
        assertEquals(direct.bound(), sampled.bound(), "seed " + seed);
        assertEquals(Set.copyOf(direct.changes()), Set.copyOf(sampled.changes()), "seed " + seed);
    }

    @Test
    void handsOnOnlyTheNewestOfWhatCameInASecond() throws Exception {
        CatalogEntry older = new CatalogEntry("basic", null, null, 5);
        CatalogEntry newer = new CatalogEntry("premium", null, null, 9);
        List<ProductChange> changes =
                List.of(
                        ProductChange.of(Stock.level("P", "W", 1, 3000, 0)),
                        ProductChange.of(Stock.level("P", "W", 2, 2000, 0)),
                        ProductChange.of(Stock.level("P", "V", 3, 1000, 0)),
                        ProductChange.withdrawal("P", new StockVersion(1500, 0, 0)),
                        ProductChange.withdrawal("P", new StockVersion(500, 0, 0)),
                        Catalog.entry("P", newer),
                        Catalog.entry("P", older));
        for (ProductChange change : changes) {
            sampler.processElement(new StreamRecord<>(change));
        }
        assertEquals(List.of(), passed(), "the second is not over");
        second();
        assertEquals(
                List.of(changes.get(0), changes.get(2), changes.get(3), changes.get(5)), passed());
        second();
        assertEquals(List.of(), passed());
    }

    @Test
    void takesTheLaterOfTwoCatalogChangesWhereOneIsARemoval() throws Exception {
        ProductChange entry = Catalog.entry("P", new CatalogEntry("basic", null, null, 5));
        ProductChange removal = Catalog.removal("P", 6);
        sampler.processElement(new StreamRecord<>(entry));
        sampler.processElement(new StreamRecord<>(removal));
        second();
        assertEquals(List.of(removal), passed());
        sampler.processElement(new StreamRecord<>(removal));
        sampler.processElement(new StreamRecord<>(entry));
        second();
        assertEquals(List.of(removal), passed(), "whatever the order of arrival");
    }

    @Test
    void holdsNothingBackOverACheckpoint() throws Exception {
        stock("P");
        sampler.prepareSnapshotPreBarrier(1);
        assertEquals(1, passed().size());
        stock("P");
        second();
        assertEquals(1, passed().size(), "and goes on by the second");
    }

    @Test
    void holdsNothingBackAtTheEnd() throws Exception {
        stock("P");
        sampler.endInput();
        sampler.getOperator().finish();
        assertEquals(1, passed().size());
    }

    @Test
    void handsOnEarlyWhatABufferCannotHold() throws Exception {
        for (int i = 0; i < 100_000; i++) {
            sampler.processElement(
                    new StreamRecord<>(ProductChange.of(Stock.level("P", "W" + i, 1, 1000, 0))));
        }
        assertTrue(passed().stream().mapToInt(each -> each.stockLevels().size()).sum() > 90_000);
    }

    @Test
    void handsOnTogetherWhatIsLeftOfAMessage() throws Exception {
        List<StockLevel> older =
                List.of(Stock.level("P", "A", 1, 1000, 0), Stock.level("P", "B", 2, 1000, 0));
        List<StockLevel> newer =
                List.of(Stock.level("P", "B", 3, 2000, 1), Stock.level("P", "C", 4, 2000, 1));
        sampler.processElement(new StreamRecord<>(ProductChange.stock("P", older)));
        sampler.processElement(new StreamRecord<>(ProductChange.stock("P", newer)));
        second();
        assertEquals(
                List.of(ProductChange.of(older.get(0)), ProductChange.stock("P", newer)), passed());
    }

    @Test
    void aSignalIsReadAsItWasWritten() throws Exception {
        List<InventorySignal> signals =
                List.of(
                        InventorySignal.read(7),
                        InventorySignal.sampled(ProductChange.of(Stock.level("P", "A", 1, 9, 0))),
                        InventorySignal.sampled(Catalog.removal("P", 6)));
        DataOutputSerializer out = new DataOutputSerializer(64);
        for (InventorySignal signal : signals) {
            InventorySignalSerializer.INSTANCE.serialize(signal, out);
        }
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        for (InventorySignal signal : signals) {
            assertEquals(signal, InventorySignalSerializer.INSTANCE.deserialize(in));
        }
    }

    @Test
    void letsPassMoreOfTheCatalog() throws Exception {
        try (var catalog = new OneInputStreamOperatorTestHarness<>(SampleStock.ofCatalog())) {
            catalog.open();
            for (int i = 0; i < PriceSample.MOST_CATALOG_PRODUCTS; i++) {
                catalog.processElement(new StreamRecord<>(Catalog.removal("P" + i, 1)));
            }
            catalog.setProcessingTime(SampleStock.WAIT_MILLIS);
            assertEquals(PriceSample.MOST_CATALOG_PRODUCTS, catalog.extractOutputValues().size());
        }
    }

    private void stock(String product) {
        try {
            sampler.processElement(
                    new StreamRecord<>(ProductChange.of(Stock.level(product, "W", 1, 1000, 0))));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void second() throws Exception {
        sampler.setProcessingTime(sampler.getProcessingTime() + SampleStock.WAIT_MILLIS);
    }

    private List<ProductChange> passed() {
        List<ProductChange> changes =
                sampler.extractOutputValues().stream().map(InventorySignal::sampled).toList();
        sampler.getOutput().clear();
        return changes;
    }
}
