package io.slackwater.pricing.connectors;

import io.slackwater.pricing.settings.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.RESTCatalog;
import org.postgresql.Driver;

/**
 * Opens the Iceberg catalog that the settings name, on the client and on every task manager.
 *
 * <p>It travels in the job graph, with the password, as the password of every Flink sink does; but
 * nothing that is printed or shown in the web UI has it.
 */
final class LakeCatalog implements CatalogLoader {

    private static final long serialVersionUID = 1L;
    private static final String NAME = "slackwater";

    private final Settings.Lake lake;

    LakeCatalog(Settings.Lake lake) {
        this.lake = lake;
    }

    @Override
    public Catalog loadCatalog() {
        String catalog =
                switch (lake.catalog()) {
                    case JDBC -> JdbcCatalog.class.getName();
                    case REST -> RESTCatalog.class.getName();
                };
        // Iceberg goes through DriverManager, which does not find a driver that came with the job
        // unless someone has touched its class, as this does.
        if (lake.uri().startsWith("jdbc:postgresql:") && !Driver.isRegistered()) {
            throw new IllegalStateException("Someone has unloaded the Postgres driver of the job");
        }
        return CatalogUtil.loadCatalog(catalog, NAME, properties(), files());
    }

    private static Configuration files() {
        Configuration files = new Configuration();
        files.set("fs.file.impl", LocalFiles.class.getName());
        return files;
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(CatalogProperties.URI, lake.uri());
        if (!lake.warehouse().isBlank()) {
            properties.put(CatalogProperties.WAREHOUSE_LOCATION, lake.warehouse());
        }
        if (lake.catalog() == Settings.Catalog.JDBC) {
            // V0 is for tables of before 2024; V1 also knows views.
            properties.put("jdbc.schema-version", "V1");
            properties.put(JdbcCatalog.PROPERTY_PREFIX + "user", lake.user());
            properties.put(JdbcCatalog.PROPERTY_PREFIX + "password", lake.password());
            properties.put(CatalogProperties.FILE_IO_IMPL, HadoopFileIO.class.getName());
        }
        // Last, so that they may replace the file IO.
        properties.putAll(lake.properties());
        return properties;
    }

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod")
    public CatalogLoader clone() {
        return this; // It never changes.
    }

    @Override
    public String toString() {
        return lake.toString();
    }
}
