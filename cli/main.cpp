#include <iostream>

int main() {
  std::cout << "tidewright " << TIDEWRIGHT_VERSION << "\n";
  return 0;
}
