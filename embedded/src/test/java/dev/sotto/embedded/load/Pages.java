package dev.sotto.embedded.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.List;
import java.util.Properties;

/** The pages of metrics of a home's services and nodes. */
final class Pages {
  private final Properties ports = new Properties();

  Pages(UserHome home) throws IOException {
    try (var in = Files.newBufferedReader(home.platform().config().resolve("ports"))) {
      ports.load(in);
    }
  }

  /** The sum of a metric over its labels; it must be there. */
  double sum(String page, String metric) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + ports.getProperty(page) + "/actuator/prometheus");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> metrics =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(metrics.statusCode()).as(page).isEqualTo(200);
      List<String> lines =
          metrics.body().lines().filter(line -> line.matches(metric + "(\\{.*)? .*")).toList();
      assertThat(lines).as("%s of %s", metric, page).isNotEmpty();
      return lines.stream()
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  /** The same over all nodes. */
  double sumOfNodes(String metric) throws IOException, InterruptedException {
    double sum = 0;
    for (String page : ports.stringPropertyNames()) {
      if (page.endsWith(".health")) {
        sum += sum(page, metric);
      }
    }
    return sum;
  }
}
