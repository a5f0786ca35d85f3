import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/**
 * Iceberg's own REST catalog, over a JDBC catalog in memory, on a free port of the loopback
 * interface.
 *
 * <p>It is on no class path of the project: Iceberg's plain JARs and the Flink runtime JAR, which
 * contains them, do not bear each other. {@code java} compiles and runs it from here:
 *
 * <pre>{@code java -cp 'target/rest-catalog/*' RestCatalogServer.java file:///warehouse/}</pre>
 *
 * <p>Its first line of output is its address. It ends when its input does, and so with whoever
 * started it.
 */
public final class RestCatalogServer {

    private RestCatalogServer() {}

    /**
     * @param args where the tables go, as a file: URI
     */
    public static void main(String[] args) throws Exception {
        JdbcCatalog catalog = new JdbcCatalog(properties -> new LocalMetadata(), null, true);
        catalog.initialize(
                "tables",
                Map.ofEntries(
                        Map.entry(CatalogProperties.URI, "jdbc:h2:mem:tables;DB_CLOSE_DELAY=-1"),
                        Map.entry(CatalogProperties.WAREHOUSE_LOCATION, args[0]),
                        Map.entry("jdbc.schema-version", "V1")));

        ServletContextHandler root = new ServletContextHandler();
        root.addServlet(
                new ServletHolder(new RESTCatalogServlet(new RESTCatalogAdapter(catalog))), "/*");
        Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.setHandler(root);
        server.start();
        System.out.println("http://localhost:" + server.getURI().getPort());

        awaitTheEndOfTheInput();
        System.exit(0); // Whatever threads there are.
    }

    private static void awaitTheEndOfTheInput() throws IOException {
        while (System.in.read() >= 0) {}
    }

    /**
     * The tables' metadata, the only files that the server itself reads and writes. HadoopFileIO
     * would want Hadoop here.
     */
    private static final class LocalMetadata implements FileIO {

        private static final long serialVersionUID = 1L;

        @Override
        public InputFile newInputFile(String path) {
            return Files.localInput(file(path));
        }

        @Override
        public OutputFile newOutputFile(String path) {
            return Files.localOutput(file(path));
        }

        @Override
        public void deleteFile(String path) {
            file(path).delete();
        }

        /** Trap: Iceberg's own would write a URI's file into a folder "file:" where it stands. */
        private static File file(String path) {
            return path.startsWith("file:") ? new File(URI.create(path)) : new File(path);
        }
    }
}
