#include <iostream>

#include "host/data/hdf5/dataset_file.h"

// Prints how many users and items an HDF5 file has: enough to need the library and all it links.
int main(int, char** argv) {
  const tidewright::Dataset dataset = tidewright::ReadDataset(argv[1]);
  std::cout << dataset.users.size() << " users x " << dataset.items.size() << " items\n";
  return 0;
}
