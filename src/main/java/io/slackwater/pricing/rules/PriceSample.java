package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.PriceTag;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A uniform sample of the products, each with all its newest stock levels and its catalog entry:
 * enough to say what share of all prices a rule book would move, without asking all of them.
 *
 * <p>A product is in the sample when its hash is below a bound. The bound begins above all hashes
 * and sinks, never rises, whenever there is more below it than {@link Capacity} allows: so at any
 * time every product below it was heard of from its first message on, with its stock <em>and</em>
 * its catalog entry, and hashes know nothing of prices. (Bottom-k or KMV sampling: Bar-Yossef et
 * al., "Counting Distinct Elements in a Data Stream", 2002; Cohen and Kaplan, "Summarizing Data
 * Using Bottom-k Sketches", 2007.)
 *
 * <p>A share estimated from n of very many products has a standard error of at most {@code
 * sqrt(0.25 / n)}, reached where half of them move and all prices of a product move together
 * (Cochran, "Sampling Techniques", 3rd ed., section 3.2): with {@link #MOST_PRODUCTS} 0.8
 * percentage points, and 19 of 20 estimates are less than 1.6 points off.
 *
 * <p>A product that was delisted keeps its place: a bound that rose again would let in products of
 * which only a part was heard. So the sample of a shop that has delisted nine of ten of all its
 * products is a tenth as large, and its estimate three times as coarse.
 *
 * <p>What is told may come in any order: the newer wins, as where prices are made. Not thread-safe.
 */
public final class PriceSample {

    /**
     * So many products with stock, now or once. Who filters changes for this sample must let pass
     * those of the products with at least so many of the smallest hashes that it has ever seen.
     */
    public static final int MOST_PRODUCTS = 4_096;

    /**
     * So many products of the catalog; what is said of {@link #MOST_PRODUCTS} holds here too. More
     * than of those with stock: a catalog up to four times as large as the stock costs no sample.
     */
    public static final int MOST_CATALOG_PRODUCTS = 4 * MOST_PRODUCTS;

    /**
     * So many stock levels; where products lie in more than four warehouses each, the sample has
     * fewer products. It bounds the heap and the checkpoint (a few megabytes) and how long a book
     * is tried: all of them priced twice, by a book with every kind of rule that prices, took 18 to
     * 30 ms on a busy machine of two cores, and the first time, not yet compiled, 100 to 200 ms.
     */
    static final int MOST_LEVELS = 4 * MOST_PRODUCTS;

    /** More warehouses of one product do not count, or one product could displace all others. */
    static final int MOST_WAREHOUSES = 256;

    /** Above all hashes: the sample holds every product. */
    private static final long NO_BOUND = Long.MAX_VALUE;

    private final Capacity capacity;
    private final TreeMap<Long, Product> products = new TreeMap<>();
    private int stocked;
    private int catalogued;
    private int levels;
    private long bound = NO_BOUND;
    private boolean complete = true;

    /** How much a sample holds; tests use small ones. */
    record Capacity(int products, int catalogProducts, int levels, int warehouses) {}

    /** A sampled product. It was told of in the stock, the catalog or both. */
    private static final class Product {
        private final String productId;
        private final Map<String, StockLevel> levels = new HashMap<>();
        private StockVersion withdrawnBefore = StockVersion.OLDEST;
        private CatalogEntry entry;
        private StockVersion entryVersion = StockVersion.OLDEST;
        private boolean inStock;
        private boolean inCatalog;

        Product(String productId) {
            this.productId = productId;
        }
    }

    /**
     * What the step from one set of books to another does to the sampled prices.
     *
     * @param products the sampled products that have a price before
     * @param priced their prices before
     * @param moved those of them that move too far, or end
     * @param complete whether these are all prices, not a sample of them
     */
    public record Moves(int products, long priced, long moved, boolean complete) {}

    /** An empty sample of a job that has heard of no product yet. */
    public PriceSample() {
        this(new Capacity(MOST_PRODUCTS, MOST_CATALOG_PRODUCTS, MOST_LEVELS, MOST_WAREHOUSES));
    }

    PriceSample(Capacity capacity) {
        this.capacity = capacity;
    }

    /**
     * The place of a product in the order by which samples are drawn. The same in every release and
     * on every machine, for bounds are stored: FNV-1a over its UTF-16 units, and the finalizer of
     * MurmurHash3 so that every bit of an id stirs every bit of its hash (Fowler, Noll, Vo;
     * Appleby: both in the public domain). Hashes of two products in a million collide once in 30
     * million shops; then the one that came later is not sampled.
     */
    public static long hashOf(String productId) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < productId.length(); i++) {
            hash = (hash ^ productId.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }

    /** Remembers a change if its product is in the sample and it is news. */
    public void take(ProductChange change) {
        long hash = hashOf(change.productId());
        if (hash >= bound) {
            return;
        }
        Product product =
                products.computeIfAbsent(hash, unknown -> new Product(change.productId()));
        if (!product.productId.equals(change.productId())) {
            complete = false;
            return;
        }
        switch (change.kind()) {
            case STOCK_LEVELS -> {
                markInStock(product);
                change.stockLevels().forEach(level -> update(product, level));
            }
            case WITHDRAWAL, DELISTING -> {
                markInStock(product);
                withdraw(product, change.withdrawal());
            }
            case CATALOG -> {
                if (!product.inCatalog) {
                    product.inCatalog = true;
                    catalogued++;
                }
                if (change.catalogVersion().replaces(product.entryVersion)) {
                    product.entry = change.catalogEntry();
                    product.entryVersion = change.catalogVersion();
                }
            }
        }
        shrink();
    }

    private void markInStock(Product product) {
        if (!product.inStock) {
            product.inStock = true;
            stocked++;
        }
    }

    private void update(Product product, StockLevel level) {
        StockLevel known = product.levels.get(level.warehouseId());
        if (!level.version().replaces(product.withdrawnBefore)
                || !level.version().replaces(known == null ? null : known.version())) {
            return;
        }
        if (known == null) {
            if (product.levels.size() >= capacity.warehouses()) {
                complete = false;
                return;
            }
            levels++;
        }
        product.levels.put(level.warehouseId(), level);
    }

    private void withdraw(Product product, StockVersion version) {
        if (!version.replaces(product.withdrawnBefore)) {
            return;
        }
        product.withdrawnBefore = version;
        int before = product.levels.size();
        product.levels.values().removeIf(level -> level.version().isOlderThan(version));
        levels -= before - product.levels.size();
    }

    /** Lowers the bound until all that is below it fits. */
    private void shrink() {
        while (stocked > capacity.products()
                || catalogued > capacity.catalogProducts()
                || levels > capacity.levels()) {
            Map.Entry<Long, Product> largest = products.pollLastEntry();
            Product out = largest.getValue();
            bound = largest.getKey();
            complete = false;
            levels -= out.levels.size();
            stocked -= out.inStock ? 1 : 0;
            catalogued -= out.inCatalog ? 1 : 0;
        }
    }

    /**
     * How many of the sampled prices a step from one set of books to another moves by more than a
     * percentage. A price that ends counts as moved, and so does one in another currency; a price
     * that begins does not. Where only the price of a customer segment moves, the price of that
     * product and warehouse counts as moved: somebody pays it.
     *
     * @param at the moment that is priced, epoch milliseconds; a stock level that is newer is
     *     priced as of its own event time. Holds do not count: they only put off a price
     * @param movePercent what is not too far, up or down
     */
    public Moves moves(PriceBooks before, PriceBooks after, long at, int movePercent) {
        SampledMoves moves = new SampledMoves(this, before, after, movePercent);
        moves.goTo(at);
        return moves.moves();
    }

    /** One sampled stock level and the catalog entry of its product; null: none. */
    record Sampled(StockLevel level, CatalogEntry entry) {}

    /** All sampled stock levels; those of a product follow each other. */
    List<Sampled> sampled() {
        List<Sampled> all = new ArrayList<>(levels);
        for (Product product : products.values()) {
            for (StockLevel level : product.levels.values()) {
                all.add(new Sampled(level, product.entry));
            }
        }
        return all;
    }

    /**
     * Returns whether a price moves by more than a percentage, up or down, or that of a segment
     * does. One that ends moves too far, and so does one that is in another currency afterwards.
     *
     * @param is null: it ends
     */
    public static boolean isTooFar(PriceTag was, PriceTag is, int movePercent) {
        return is == null
                || !is.currency().equals(was.currency())
                || isTooFar(was.amount(), is.amount(), movePercent)
                || isTooFarForAny(was.segments().keySet(), was, is, movePercent)
                || isTooFarForAny(is.segments().keySet(), was, is, movePercent);
    }

    /** A segment that a book does not know pays what everybody pays. */
    private static boolean isTooFarForAny(
            Set<String> segments, PriceTag was, PriceTag is, int movePercent) {
        for (String segment : segments) {
            if (isTooFar(was.paidBy(segment), is.paidBy(segment), movePercent)) {
                return true;
            }
        }
        return false;
    }

    /** {@code |after - before| / before > percent / 100}, without a division. */
    private static boolean isTooFar(BigDecimal before, BigDecimal after, int percent) {
        BigDecimal move = after.subtract(before).abs();
        return move.movePointRight(2).compareTo(before.multiply(BigDecimal.valueOf(percent))) > 0;
    }

    // ---------------------------------------------------------------- what is stored

    /**
     * All that the sample remembers: told to an empty sample with the same bound, it is this one.
     */
    public List<ProductChange> changes() {
        List<ProductChange> changes = new ArrayList<>(stocked + catalogued);
        for (Product product : products.values()) {
            if (product.withdrawnBefore != StockVersion.OLDEST) {
                changes.add(ProductChange.withdrawal(product.productId, product.withdrawnBefore));
            }
            changes.addAll(messages(product.productId, product.levels.values()));
            if (product.inCatalog) {
                changes.add(
                        ProductChange.catalog(
                                product.productId, product.entry, product.entryVersion));
            }
        }
        return changes;
    }

    /**
     * Stock levels of one product as changes: those of one message together.
     *
     * @param levels in any order; the changes come in the order of their first
     */
    public static List<ProductChange> messages(String productId, Collection<StockLevel> levels) {
        Map<StockVersion, List<StockLevel>> messages = new LinkedHashMap<>();
        for (StockLevel level : levels) {
            messages.computeIfAbsent(level.version(), version -> new ArrayList<>()).add(level);
        }
        List<ProductChange> changes = new ArrayList<>(messages.size());
        messages.values().forEach(each -> changes.add(ProductChange.stock(productId, each)));
        return changes;
    }

    /** The hash that those of all sampled products are below. */
    public long bound() {
        return bound;
    }

    /** Returns whether it holds all prices, so that a share is counted and not estimated. */
    public boolean isComplete() {
        return complete;
    }

    /**
     * An empty sample with the bound of an earlier one.
     *
     * @param complete whether that one was; false also where products may have been told of that no
     *     sample heard
     */
    public static PriceSample restored(long bound, boolean complete) {
        PriceSample sample = new PriceSample();
        sample.bound = bound;
        sample.complete = complete;
        return sample;
    }

    /** A sample of a job that has run without one: it hears only what is told from now on. */
    public static PriceSample begunLate() {
        return restored(NO_BOUND, false);
    }
}
